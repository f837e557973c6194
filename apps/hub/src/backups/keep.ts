import { Fault } from "@atoll/core/fault";
import { sql } from "kysely";
import { removeArchive } from "../exports/exports.ts";
import type { OperationDesk } from "../operations/desk.ts";
import { readSettings } from "../store/settings.ts";
import type { Store } from "../store/store.ts";
import { checkBackup } from "./check.ts";
import { drilled } from "./make.ts";
import { removeBackup } from "./remove.ts";
import { expired, usualRetention } from "./retention.ts";
import type { BackupRow } from "./rows.ts";

type Keeping = Pick<OperationDesk, "store" | "archives" | "scratch" | "accounts">;

/** The newest of an instance is read again each day, the others each week. */
const newestEvery = "1 day";
const othersEvery = "7 days";
/** The newest verified one of an instance is restored for a trial again so often. */
const drillEvery = "30 days";

/** Removes what nobody has to keep, and what broken off runs left. */
export async function removeExpired(
  { store, archives }: Pick<Keeping, "store" | "archives">,
  now: Date,
): Promise<void> {
  const { value } = await readSettings(store);
  const keep = value.backups ?? usualRetention;
  const failures: unknown[] = [];
  const rows = await store
    .selectFrom("backups")
    .select(["id", "instance_id", "slug", "prefix", "state", "began_at", "made_at"])
    .where("state", "not in", ["removed", "making"])
    .execute();
  for (const each of Map.groupBy(rows, ({ instance_id }) => instance_id).values()) {
    const known = each.map(({ id, state, made_at, began_at }) => ({ id, state, at: made_at ?? began_at }));
    const gone = new Set(expired(known, keep, now));
    // Each by itself: what is wrong with one must not keep the others.
    for (const row of each.filter(({ id }) => gone.has(id)))
      await removeBackup({ store, archives }, row, "hub").catch((error: unknown) => failures.push(error));
  }
  for (const row of await leftovers(store))
    await removeArchive(archives, row.prefix).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/** Removed lately, or never finished by a run that has ended. */
async function leftovers(store: Store): Promise<{ prefix: string }[]> {
  await sql`update atoll.backups b set state = 'removed', removed_at = clock_timestamp()
    where b.state = 'making' and exists (select from atoll.runs r where r.id = b.id
      and r.state in ('undone', 'cancelled', 'succeeded'))`.execute(store);
  return store
    .selectFrom("backups")
    .select("prefix")
    .where("state", "=", "removed")
    .where(sql<boolean>`removed_at > clock_timestamp() - interval '2 hours'`)
    .execute();
}

/** Reads one backup again whose turn it is, and tries another one; true = there may be more. */
export async function lookAgain(keeping: Keeping): Promise<boolean> {
  const { rows: due } = await sql<BackupRow>`
    select b.* from atoll.backups b
     where b.state in ('made', 'verified') and b.checked_at < clock_timestamp() - case
         when b.made_at = (select max(n.made_at) from atoll.backups n
           where n.instance_id = b.instance_id and n.state in ('made', 'verified'))
         then interval '${sql.raw(newestEvery)}' else interval '${sql.raw(othersEvery)}' end
     order by b.checked_at limit 1`.execute(keeping.store);
  for (const row of due) await checkBackup(keeping, row);
  const { rows: untried } = await sql<BackupRow>`
    select b.* from atoll.backups b
     where b.state = 'verified' and b.drilled_at < clock_timestamp() - interval '${sql.raw(drillEvery)}'
       and b.made_at = (select max(n.made_at) from atoll.backups n
         where n.instance_id = b.instance_id and n.state = 'verified')
     order by b.drilled_at limit 1`.execute(keeping.store);
  for (const row of untried)
    await drilled(keeping, row).catch((error: unknown) => {
      // It stands in the backup's record, and is told from there.
      if (!(error instanceof Fault) || error.kind !== "rejected") throw error;
    });
  return due.length + untried.length > 0;
}
