import { type AddCommand, examples } from "../../command.ts";
import { archive } from "./handler.ts";

/** Tells the command line about `atoll archive`. */
export const archiveCommand: AddCommand = (program, { context, show }) => {
  program
    .command("archive")
    .argument("<slug>")
    .option("--confirm <slug>", "repeat the slug: what is removed comes back from a backup only")
    .option("--plan", "only show what it would do")
    .option("--without-backup", "go on though no backup was verified: its data is gone for good")
    .description("put an instance away: its things go or are put away, its record and slug stay")
    .addHelpText("after", examples("atoll archive toko-a --plan", "atoll archive toko-a --confirm toko-a"))
    .action((slug: string, options: { confirm?: string; plan?: boolean; withoutBackup?: boolean }) =>
      show(archive(context, { slug, ...options })),
    );
};
