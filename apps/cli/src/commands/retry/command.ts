import { type AddCommand, examples } from "../../command.ts";
import { retry } from "./handler.ts";

/** Tells the command line about `atoll retry`. */
export const retryCommand: AddCommand = (program, { context, show }) => {
  program
    .command("retry")
    .argument("<slug>")
    .description("go on with the newest run where it stopped, or with the removals that it owes")
    .addHelpText("after", examples("atoll retry toko-a"))
    .action((slug: string) => show(retry(context, { slug })));
};
