import { type AddCommand, examples } from "../../command.ts";

/** Tells the command line about `atoll resolver`. */
export const resolverCommand: AddCommand = (program, { context, show }) => {
  program
    .command("resolver")
    .option("--port <port>", "where it listens; the next free one from there (PORT, or 4500)")
    .description("say what each address leads to, until Ctrl-C; reads the registry only (DATABASE_URL)")
    .addHelpText(
      "after",
      examples(
        "atoll resolver",
        "ATOLL_DOMAIN=toko.example DATABASE_URL=postgresql://… atoll resolver --port 8080",
      ),
    )
    .action(async (options: { port?: string }) => {
      const { resolver } = await import("./handler.ts");
      return show(resolver(context, options));
    });
};
