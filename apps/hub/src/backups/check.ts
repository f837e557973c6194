import { checkArchive } from "@atoll/archive/check";
import type { BackupProblem } from "@atoll/contract/schemas/backups";
import type { OperationDesk } from "../operations/desk.ts";
import { placeOf } from "./open-backup.ts";
import { type BackupRow, markChecked, markDamaged } from "./rows.ts";

/**
 * Reads every part of a backup's archive and writes down whether it is whole, and the one it should be; gives what is
 * wrong with it. A storage that does not answer throws its `Fault`: that says nothing about the backup.
 */
export async function checkBackup(
  { store, archives }: Pick<OperationDesk, "store" | "archives">,
  row: BackupRow,
): Promise<BackupProblem | undefined> {
  const notBefore = new Date(row.began_at.getTime() - clockSlackMs);
  const { findings } = await checkArchive(placeOf(archives, row), {
    instanceId: row.instance_id,
    notBefore,
  });
  // A file that nobody asked for harms no restore.
  const found = findings.find(({ damage }) => damage !== "extra-part");
  if (found === undefined) {
    await markChecked(store, row.id);
    return undefined;
  }
  await markDamaged(store, row.id, found);
  return { damage: found.damage, what: found.what, next: found.next };
}

/** The hub's clock and its database's may differ by so much. */
const clockSlackMs = 5 * 60_000;
