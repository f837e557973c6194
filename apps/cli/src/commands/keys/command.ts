import { type AddCommand, examples } from "../../command.ts";

/** Tells the command line about `atoll keys`. */
export const keysCommand: AddCommand = (program, { context, show }) => {
  const keys = program
    .command("keys")
    .description("the hub's own keys (ATOLL_SECRET_KEY): which something is sealed with")
    .addHelpText("after", examples("atoll keys", "atoll keys rotate", "atoll keys forget 0f1e2d3c4b5a6978"))
    .action(async () => {
      const { listKeys } = await import("./handler.ts");
      return show(listKeys(context));
    });
  keys
    .command("rotate")
    .description("seal everything anew with the present key, and say whether older ones are still needed")
    .addHelpText("after", examples("ATOLL_SECRET_KEY=NEW,OLD atoll keys rotate"))
    .action(async () => {
      const { rotateKeys } = await import("./handler.ts");
      return show(rotateKeys(context));
    });
  keys
    .command("forget <key>")
    .description("give a lost key up, with all that it sealed")
    .requiredOption("--confirm <key>", "the same once more")
    .action(async (key: string, options: { confirm: string }) => {
      const { forgetKey } = await import("./handler.ts");
      return show(forgetKey(context, { key, ...options }));
    });
};
