import { type AddCommand, examples } from "../../command.ts";
import { restore } from "./handler.ts";

/** Tells the command line about `atoll restore`. */
export const restoreCommand: AddCommand = (program, { context, show }) => {
  program
    .command("restore")
    .argument("<slug>")
    .argument("<backup>", "its id, by `atoll backup list`; `newest` = the newest verified one")
    .option("--as <newslug>", "make a new instance of it; the old one stays as it is")
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
      ),
    )
    .action(
      (
        slug: string,
        backup: string,
        options: { as?: string; confirm?: string; plan?: boolean; withoutSafety?: boolean },
      ) => show(restore(context, { slug, backup, ...options })),
    );
};
