import { type AddCommand, examples } from "../../command.ts";
import { type RebuildInput, rebuild } from "./handler.ts";

/** Tells the command line about `atoll rebuild`. */
export const rebuildCommand: AddCommand = (program, { context, show }) => {
  program
    .command("rebuild")
    .option("--environment <name>", "with one set of provider accounts")
    .option("--write", "write what was found; without it nothing is written anywhere", false)
    .option("--add", "the registry holds instances: add those that are missing", false)
    .option("--take", "take over what another hub made with these accounts", false)
    .description("make the registry of a hub whose database is gone anew, from what stands at the providers")
    .addHelpText("after", examples("atoll rebuild", "atoll rebuild --write", "atoll rebuild --write --add"))
    .action((input: RebuildInput) => show(rebuild(context, input)));
};
