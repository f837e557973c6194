import { type AddCommand, examples } from "../../command.ts";
import { destroy } from "./handler.ts";

/** Tells the command line about `atoll destroy`. */
export const destroyCommand: AddCommand = (program, { context, show }) => {
  program
    .command("destroy")
    .argument("<slug>")
    .option("--confirm <slug>", "repeat the slug: what is removed is gone for good")
    .description("remove everything that Atoll made for an instance")
    .addHelpText("after", examples("atoll destroy toko-a --confirm toko-a"))
    .action((slug: string, options: { confirm?: string }) =>
      show(destroy(context, { slug, confirm: options.confirm })),
    );
};
