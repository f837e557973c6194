import { type AddCommand, examples } from "../../command.ts";

/** Tells the command line about `atoll hub`. */
export const hubCommand: AddCommand = (program, { context, show }) => {
  program
    .command("hub")
    .option("--worker", "do runs, too: a further process for each environment but the default", false)
    .description("serve the hub until Ctrl-C (HOST, PORT, ATOLL_PUBLIC_URL)")
    .addHelpText("after", examples("atoll hub", "atoll hub --worker"))
    .action(async (options: { worker: boolean }) => {
      const { hub } = await import("./handler.ts");
      return show(hub(context, options));
    });
};
