import type { Backup } from "@atoll/contract/schemas/backups";
import { Fault } from "@atoll/core/fault";
import type { Transaction } from "kysely";
import { removeArchive } from "../exports/places.ts";
import type { OperationDesk } from "../operations/desk.ts";
import { record } from "../store/audit.ts";
import type { Tables } from "../store/tables.ts";
import { needOf } from "./needed.ts";
import { type BackupRow, findBackup, markCleared, markRemoved, shownBackup } from "./rows.ts";

type Removing = Pick<OperationDesk, "store" | "archives">;
type Known = Pick<BackupRow, "id" | "slug" | "prefix">;

/** Writes down that a backup goes, and who said so: nobody restores what is being removed. */
async function letGo(tx: Transaction<Tables>, { id, slug }: Known, by: string, more = {}): Promise<void> {
  await markRemoved(tx, id);
  await record(tx, {
    actor: by,
    action: "backup.remove",
    subject: `instance/${slug}`,
    details: { backup: id, ...more },
  });
}

/**
 * Removes a backup that nobody has to keep; one that a run or a restore needs stays. A crash on the way leaves files
 * without a record, which go later.
 */
export async function removeBackup({ store, archives }: Removing, row: Known, by: string): Promise<void> {
  const isGone = await store.transaction().execute(async (tx) => {
    await tx.selectFrom("backups").select("id").where("id", "=", row.id).forUpdate().execute();
    if ((await needOf(tx, row.id)) !== undefined) return false;
    await letGo(tx, row, by);
    return true;
  });
  if (isGone) await clear({ store, archives }, row);
}

/** Removes a removed backup's files; what could not be removed is looked for again. */
export async function clear(
  { store, archives }: Removing,
  { id, prefix }: Pick<BackupRow, "id" | "prefix">,
): Promise<void> {
  await removeArchive(archives, prefix);
  await markCleared(store, id);
}

/** What somebody asked to have removed. */
export interface Erasure {
  backup: string;
  /** Slug of the instance that it is of, once more. */
  confirm: string;
  /** Even if no other verified one is left then. */
  force?: boolean | undefined;
  by: string;
}

/**
 * Removes a backup for good because somebody asked for it; asked again, its files are looked for once more. Throws a fault
 * where a run needs it, and where it is the last verified one and `force` is not given.
 */
export async function eraseBackup(
  { store, archives }: Removing,
  { backup, confirm, force = false, by }: Erasure,
): Promise<Backup> {
  const row = await findBackup(store, backup);
  if (row === undefined)
    throw new Fault("rejected", {
      what: `There is no backup "${backup}".`,
      next: "`atoll backup list` names those that are there.",
      field: "backup",
    });
  if (confirm !== row.slug)
    throw new Fault("rejected", {
      what: `The backup is of "${row.slug}", and that was not confirmed.`,
      next: `Repeat the slug "${row.slug}" as \`confirm\`, if it is that one that has to go.`,
      field: "confirm",
    });
  if (row.state !== "removed")
    await store.transaction().execute(async (tx) => {
      const isLast = await mustBeFree(tx, row);
      if (isLast && !force)
        throw new Fault("rejected", {
          what: `It is the only backup of "${row.slug}" that was restored for a trial: without it nothing brings its data back.`,
          next: "Make another one first, or say that it goes all the same (`force`).",
          field: "force",
        });
      await letGo(tx, row, by, { askedFor: true, ...(isLast && { last: true }) });
    });
  await clear({ store, archives }, row);
  return shownBackup((await findBackup(store, row.id)) ?? row);
}

/** Throws a fault where a run needs the backup; true = it is the instance's last verified one. */
async function mustBeFree(tx: Transaction<Tables>, { id, instance_id }: BackupRow): Promise<boolean> {
  // Whoever removes another one of the same instance at the same time waits here, and then counts without it.
  const all = await tx
    .selectFrom("backups")
    .select(["id", "state"])
    .where("instance_id", "=", instance_id)
    .where("state", "!=", "removed")
    .orderBy("id")
    .forUpdate()
    .execute();
  const need = await needOf(tx, id);
  if (need !== undefined) throw new Fault("rejected", { ...need, field: "backup" });
  const verified = all.filter(({ state }) => state === "verified");
  return verified.length === 1 && verified[0]?.id === id;
}
