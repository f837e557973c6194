import { type AddCommand, examples } from "../../command.ts";
import { type SweepInput, sweep } from "./handler.ts";

/** Tells the command line about `atoll sweep`. */
export const sweepCommand: AddCommand = (program, { context, show }) => {
  program
    .command("sweep")
    .argument("[ids...]", "with --remove: these only, by the providers' ids")
    .option("--environment <name>", "with one set of provider accounts")
    .option("--remove", "remove what has no owner, once it is confirmed", false)
    .option("--confirm <count>", "how many are removed: what is removed is gone for good")
    .description("what carries our mark at the providers and has no owner; removes nothing by itself")
    .addHelpText(
      "after",
      examples("atoll sweep", "atoll sweep --remove --confirm 2", "atoll sweep --remove --confirm 1 prj_123"),
    )
    .action((ids: string[], input: Omit<SweepInput, "ids">) => show(sweep(context, { ...input, ids })));
};
