import { type AddCommand, examples } from "../../command.ts";
import { operate } from "../operate.ts";
import { backupCheck, backupList, backupRemove } from "./handler.ts";

/** Tells the command line about `atoll backup`. */
export const backupCommand: AddCommand = (program, { context, show }) => {
  const backup = program
    .command("backup")
    .description("back up an instance, and look after what was backed up (docs/backups.md)")
    .addHelpText("after", examples("atoll backup toko-a", "atoll backup list toko-a", "atoll backup check"));

  backup
    .command("now", { isDefault: true })
    .argument("<slug>")
    .option("--plan", "only show what it would do")
    .description("make a backup, restore it for a trial and compare it row by row")
    .addHelpText("after", examples("atoll backup toko-a --plan", "atoll backup toko-a"))
    .action((slug: string, { plan }: { plan?: boolean }) =>
      show(
        operate(context, "backup", { slug, plan }, "is backed up, and the backup was restored for a trial"),
      ),
    );

  backup
    .command("list")
    .argument("[slug]")
    .description("backups of one instance, or of all")
    .addHelpText("after", examples("atoll backup list", "atoll backup list toko-a"))
    .action((slug: string | undefined) => show(backupList(context, { slug })));

  backup
    .command("check")
    .argument("[slug]")
    .description("read every part of the backups again; exit code 3 where one is not whole")
    .addHelpText("after", examples("atoll backup check toko-a"))
    .action((slug: string | undefined) => show(backupCheck(context, { slug })));

  backup
    .command("remove")
    .argument("<slug>")
    .argument("<backup>", "its id, by `atoll backup list`")
    .option("--confirm <slug>", "repeat the slug: nothing brings the backup back")
    .option("--force", "even if it is the last one that was restored for a trial")
    .description("remove a backup for good, as when a client asks for erasure (owners only)")
    .addHelpText("after", examples("atoll backup remove toko-a BACKUP --confirm toko-a"))
    .action((slug: string, backup: string, options: { confirm?: string; force?: boolean }) =>
      show(backupRemove(context, { slug, backup, ...options })),
    );
};
