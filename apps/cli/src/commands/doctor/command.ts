import { type AddCommand, examples } from "../../command.ts";
import { doctor } from "./handler.ts";

/** Tells the command line about `atoll doctor`. */
export const doctorCommand: AddCommand = (program, { context, show }) => {
  program
    .command("doctor")
    .description("check each provider's token, permissions, limits and regions; read-only")
    .addHelpText("after", examples("atoll doctor", "atoll doctor --json"))
    .action(() => show(doctor(context)));
};
