import { type AddCommand, examples } from "../../command.ts";
import { check } from "./handler.ts";

/** Tells the command line about `atoll check`. */
export const checkCommand: AddCommand = (program, { context, show }) => {
  program
    .command("check")
    .argument("<slug>")
    .description("go through the checklist of a finished instance; exit code 1 when a line has failed")
    .addHelpText("after", examples("atoll check toko-a", "atoll check toko-a --json"))
    .action((slug: string) => show(check(context, { slug })));
};
