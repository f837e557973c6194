import { type AddCommand, examples } from "../../command.ts";

/** Tells the command line about `atoll worker`. */
export const workerCommand: AddCommand = (program, { context, show }) => {
  program
    .command("worker")
    .description("do runs until Ctrl-C; any number of workers share one DATABASE_URL")
    .option("--environment <name>", "whose runs it does; the first of ATOLL_ENVIRONMENTS if left out")
    .addHelpText("after", examples("atoll worker", "atoll worker --environment staging"))
    .action(async (options: { environment?: string }) => {
      const { worker } = await import("./handler.ts");
      return show(worker(context, options));
    });
};
