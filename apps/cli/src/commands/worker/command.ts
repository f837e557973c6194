import { type AddCommand, examples } from "../../command.ts";
import { worker } from "./handler.ts";

/** Tells the command line about `atoll worker`. */
export const workerCommand: AddCommand = (program, { context, show }) => {
  program
    .command("worker")
    .description("do runs until Ctrl-C; any number of workers share one DATABASE_URL")
    .addHelpText("after", examples("atoll worker"))
    .action(() => show(worker(context)));
};
