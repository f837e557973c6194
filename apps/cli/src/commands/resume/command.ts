import { type AddCommand, examples } from "../../command.ts";
import { operate } from "../operate.ts";

/** Tells the command line about `atoll resume`. */
export const resumeCommand: AddCommand = (program, { context, show }) => {
  program
    .command("resume")
    .argument("<slug>")
    .option("--plan", "only show what it would do")
    .description("set a paused instance going again, just as it was")
    .addHelpText("after", examples("atoll resume toko-a"))
    .action((slug: string, options: { plan?: boolean }) =>
      show(operate(context, "resume", { slug, plan: options.plan }, "is live again")),
    );
};
