import { type AddCommand, examples } from "../../command.ts";

/** Tells the command line about `atoll cloud`. */
export const cloudCommand: AddCommand = (program, { context, show }) => {
  program
    .command("cloud")
    .argument("[action]", "start, stop or status", "start")
    .argument("[args...]", "after `--`: options of the local cloud itself")
    .description("the local cloud: emulators of every provider, a process of its own")
    .addHelpText(
      "after",
      examples(
        "atoll cloud",
        "atoll cloud status",
        "atoll cloud stop",
        "atoll cloud start -- --port 4700 --latency real",
      ),
    )
    .action(async (action: string, args: string[]) => {
      const { cloud } = await import("./handler.ts");
      return show(cloud(context.env, { action, args }));
    });
};
