import { type AddCommand, examples } from "../../command.ts";
import { operate } from "../operate.ts";

/** Tells the command line about `atoll pause`. */
export const pauseCommand: AddCommand = (program, { context, show }) => {
  program
    .command("pause")
    .argument("<slug>")
    .option("--plan", "only show what it would do")
    .option(
      "--database",
      "pause the database too, where its plan has that: nothing reaches the data meanwhile",
    )
    .description("halt an instance: its site and workflows stand still, its data and sign-ins stay")
    .addHelpText("after", examples("atoll pause toko-a --plan", "atoll pause toko-a"))
    .action((slug: string, { plan, database }: { plan?: boolean; database?: boolean }) =>
      show(
        operate(
          context,
          "pause",
          { slug, plan, input: database ? { database } : undefined },
          "is paused: `atoll resume` sets it going again",
        ),
      ),
    );
};
