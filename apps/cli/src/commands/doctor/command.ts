import { type AddCommand, examples } from "../../command.ts";
import { doctor } from "./handler.ts";

/** Tells the command line about `atoll doctor`. */
export const doctorCommand: AddCommand = (program, { context, show }) => {
  program
    .command("doctor")
    .description("check each provider's token, permissions, limits and regions; read-only")
    .option("--environment <name>", "only this set of provider accounts")
    .addHelpText(
      "after",
      examples("atoll doctor", "atoll doctor --environment staging", "atoll doctor --json"),
    )
    .action((options: { environment?: string }) => show(doctor(context, options)));
};
