import { type AddCommand, examples } from "../../command.ts";
import { operate } from "../operate.ts";

/** Tells the command line about `atoll pause`. */
export const pauseCommand: AddCommand = (program, { context, show }) => {
  program
    .command("pause")
    .argument("<slug>")
    .option("--plan", "only show what it would do")
    .description("halt an instance: its site and workflows stand still, its data and sign-ins stay")
    .addHelpText("after", examples("atoll pause toko-a --plan", "atoll pause toko-a"))
    .action((slug: string, options: { plan?: boolean }) =>
      show(operate(context, "pause", { slug, plan: options.plan }, "is paused")),
    );
};
