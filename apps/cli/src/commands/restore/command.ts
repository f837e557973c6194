import { type AddCommand, examples } from "../../command.ts";
import { type RestoreOptions, restore } from "./handler.ts";

/** Tells the command line about `atoll restore`. */
export const restoreCommand: AddCommand = (program, { context, show }) => {
  program
    .command("restore")
    .argument("<slug>")
    .argument("[backup]", "its id, by `atoll backup list`; `newest` = the newest verified one")
    .option("--as <newslug>", "make a new instance of it; the old one stays as it is")
    .option("--provider <backup>", "take the whole project back to a backup that its provider keeps")
    .option("--at <time>", "have the provider take the whole project back to a moment, in ISO 8601")
    .option("--confirm <slug>", "repeat the slug: all rows are exchanged for those of the backup")
    .option("--plan", "only show what it would do")
    .option("--without-safety", "make no backup of what stands there now")
    .description("bring an instance's data back to a backup, or make a new instance of one")
    .addHelpText(
      "after",
      examples(
        "atoll restore toko-a newest --plan",
        "atoll restore toko-a newest --confirm toko-a",
        "atoll restore toko-a newest --as toko-b",
        "atoll restore toko-a --at 2026-11-30T09:00:00Z --plan",
      ),
    )
    .action((slug: string, backup: string | undefined, options: Omit<RestoreOptions, "slug" | "backup">) =>
      show(restore(context, { slug, backup, ...options })),
    );
};
