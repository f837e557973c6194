import { type AddCommand, examples } from "../../command.ts";
import { repair } from "./handler.ts";

/** Tells the command line about `atoll repair`. */
export const repairCommand: AddCommand = (program, { context, show }) => {
  program
    .command("repair")
    .argument("<slug>")
    .description("bring an instance back to what was last accepted for it")
    .addHelpText("after", examples("atoll repair toko-a"))
    .action((slug: string) => show(repair(context, { slug })));
};
