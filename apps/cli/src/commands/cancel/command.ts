import { type AddCommand, examples } from "../../command.ts";
import { cancel } from "./handler.ts";

/** Tells the command line about `atoll cancel`. */
export const cancelCommand: AddCommand = (program, { context, show }) => {
  program
    .command("cancel")
    .argument("<slug>")
    .description("cancel the run that is under way; a first provisioning is undone")
    .addHelpText("after", examples("atoll cancel toko-a"))
    .action((slug: string) => show(cancel(context, { slug })));
};
