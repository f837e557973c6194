import { type AddCommand, examples } from "../../command.ts";
import { status } from "./handler.ts";

/** Tells the command line about `atoll status`. */
export const statusCommand: AddCommand = (program, { context, show }) => {
  program
    .command("status")
    .argument("[slug]", "one instance; all if left out")
    .description("all instances, or one with its resources and runs")
    .addHelpText("after", examples("atoll status", "atoll status toko-a --json"))
    .action((slug: string | undefined) => show(status(context, { slug })));
};
