import { type AddCommand, examples } from "../../command.ts";
import { drift } from "./handler.ts";

/** Tells the command line about `atoll drift`. */
export const driftCommand: AddCommand = (program, { context, show }) => {
  program
    .command("drift")
    .argument("<slug>")
    .description("what was changed behind our back; writes nothing anywhere")
    .addHelpText("after", examples("atoll drift toko-a", "atoll drift toko-a --json"))
    .action((slug: string) => show(drift(context, { slug })));
};
