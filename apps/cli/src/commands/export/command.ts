import { type AddCommand, examples } from "../../command.ts";
import { exportTo } from "./handler.ts";

/** Tells the command line about `atoll export`. */
export const exportCommand: AddCommand = (program, { context, show }) => {
  program
    .command("export")
    .argument("<slug>")
    .requiredOption("--to <place>", "a file ending in .tar, or an empty folder")
    .option("--take-out", "what its client may take along: without passwords and secrets")
    .option("--sql", "with what pg_dump prints, where the hub has it")
    .option("--plan", "only show what it would do")
    .description("put everything that an instance holds into an archive (docs/exports.md)")
    .addHelpText(
      "after",
      examples("atoll export toko-a --to toko-a.tar", "atoll export toko-a --to ./toko-a --take-out"),
    )
    .action((slug: string, options: { to: string; takeOut?: boolean; sql?: boolean; plan?: boolean }) =>
      show(exportTo(context, { slug, ...options })),
    );
};
