import { type AddCommand, examples } from "../../command.ts";
import { verify } from "./handler.ts";

/** Tells the command line about `atoll verify`. */
export const verifyCommand: AddCommand = (program, { context, show }) => {
  program
    .command("verify")
    .argument("<slug>")
    .description("is everything as wanted, and does it really answer?")
    .addHelpText("after", examples("atoll verify toko-a"))
    .action((slug: string) => show(verify(context, { slug })));
};
