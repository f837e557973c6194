import { type AddCommand, examples } from "../../command.ts";
import { destroy } from "./handler.ts";

/** Tells the command line about `atoll destroy`. */
export const destroyCommand: AddCommand = (program, { context, show }) => {
  program
    .command("destroy")
    .argument("<slug>")
    .option("--confirm <slug>", "repeat the slug: what is removed is gone for good")
    .option("--now", "do not cool off first (owners only; it stands in the audit log)")
    .description("remove everything that Atoll made for an instance, once it has cooled off")
    .addHelpText("after", examples("atoll destroy toko-a --confirm toko-a", "atoll cancel toko-a"))
    .action((slug: string, { confirm, now = false }: { confirm?: string; now?: boolean }) =>
      show(destroy(context, { slug, confirm, now })),
    );
};
