import { type AddCommand, examples } from "../../command.ts";
import { audit } from "./handler.ts";

/** Tells the command line about `atoll audit`. */
export const auditCommand: AddCommand = (program, { context, show }) => {
  program
    .command("audit")
    .description("check the audit log's chain of hashes: was a row changed or removed?")
    .addHelpText("after", examples("atoll audit", "atoll audit --json"))
    .action(() => show(audit(context)));
};
