import { sql } from "kysely";
import { removeArchive } from "../exports/places.ts";
import type { OperationDesk } from "../operations/desk.ts";
import type { Scratch } from "../schema/scratch.ts";
import { readSettings } from "../store/settings.ts";
import type { Store } from "../store/store.ts";
import { checkBackup } from "./check.ts";
import { tried } from "./make.ts";
import { goesOn, mayGoOn } from "./needed.ts";
import { clear, removeBackup } from "./remove.ts";
import { expired, usualRetention } from "./retention.ts";
import { type BackupRow, findBackup, mayBeTried } from "./rows.ts";

type Keeping = Pick<OperationDesk, "store" | "archives" | "scratch" | "accounts">;

/** The newest of an instance is read again each day, the others each week. */
const newestEvery = "1 day";
const othersEvery = "7 days";
/** The newest verified one of an instance is restored for a trial again so often. */
const drillEvery = "30 days";

/** Removes what nobody has to keep, and what broken off runs left. */
export async function removeExpired(
  { store, archives, scratch }: Pick<Keeping, "store" | "archives"> & { scratch: Pick<Scratch, "sweep"> },
  now: Date,
): Promise<void> {
  const { value } = await readSettings(store);
  const keep = value.backups ?? usualRetention;
  const failures: unknown[] = [];
  const rows = await store
    .selectFrom("backups")
    .selectAll()
    .where("state", "not in", ["removed", "making"])
    .execute();
  for (const each of Map.groupBy(rows, ({ instance_id }) => instance_id).values()) {
    const gone = new Set(expired(each.map(known), keep, now));
    // Each by itself: what is wrong with one must not keep the others.
    for (const row of each.filter(({ id }) => gone.has(id)))
      await removeUnlessWhole({ store, archives }, row).catch((error: unknown) => failures.push(error));
  }
  for (const row of await leftovers(store))
    await clear({ store, archives }, row).catch((error: unknown) => failures.push(error));
  await removeStrays({ store, archives }, now).catch((error: unknown) => failures.push(error));
  await scratch.sweep().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

const known = ({ id, state, why, made_at, began_at, problem }: BackupRow) => ({
  id,
  state,
  why,
  at: made_at ?? began_at,
  damage: problem?.damage,
});

/** One that is said to be bad is read once more right before it goes: it stays where it is whole after all. */
async function removeUnlessWhole(
  { store, archives }: Pick<Keeping, "store" | "archives">,
  row: BackupRow,
): Promise<void> {
  if (row.state === "damaged" || row.state === "missing") {
    await checkBackup({ store, archives }, row);
    const now = await findBackup(store, row.id);
    const isBad = now?.state === "damaged" || now?.state === "missing";
    if (!isBad || now.problem?.damage === "unreadable-key") return;
  }
  await removeBackup({ store, archives }, row, "hub");
}

/** One that was never finished goes after so long, when the run that made it can still be retried. */
const unfinishedFor = "7 days";

/**
 * Removed ones whose files may be there still: a worker that was believed dead may have written for a while. What a run
 * began that is over, or that nobody retried, is removed with them.
 */
async function leftovers(store: Store): Promise<Pick<BackupRow, "id" | "prefix">[]> {
  await sql`update atoll.backups b set state = 'removed', removed_at = clock_timestamp()
    where b.state = 'making' and not exists (select from atoll.runs r where r.id = b.id and (${goesOn}
      or (${mayGoOn} and b.began_at > clock_timestamp() - interval '${sql.raw(unfinishedFor)}')))`.execute(
    store,
  );
  return store
    .selectFrom("backups")
    .select(["id", "prefix"])
    .where("state", "=", "removed")
    .where(sql<boolean>`(cleared_at is null or removed_at > clock_timestamp() - interval '2 hours')`)
    .execute();
}

/** Beside backups: what a restore of an older schema and an import put aside for themselves, by the run's id. */
const aside = ["lifted", "imports"];
/** What changed within so long is left alone. */
const strayAfterMs = 24 * 3_600_000;

/** Removes what runs put aside that are over; what no run of ours put there is not ours to remove. */
async function removeStrays(
  { store, archives }: Pick<Keeping, "store" | "archives">,
  now: Date,
): Promise<void> {
  for (const place of aside) {
    const newest = new Map<string, number>();
    for await (const { name, modifiedAt } of archives.storage.list(`${place}/`)) {
      const run = name.split("/")[1] ?? "";
      newest.set(run, Math.max(newest.get(run) ?? 0, modifiedAt.getTime()));
    }
    const old = [...newest].filter(([, at]) => now.getTime() - at > strayAfterMs).map(([run]) => run);
    if (old.length === 0) continue;
    const { rows } = await sql<{ id: string }>`
      select r.id from atoll.runs r where r.id in (${sql.join(old)}) and not ${mayGoOn}`.execute(store);
    for (const { id } of rows) await removeArchive(archives, `${place}/${id}`);
  }
}

/** Backups that could not be looked at, with the moment (`Date.now()`) until which others have their turn. */
export type LetPass = Map<string, number>;

/** One that could not be looked at comes again so soon, as long as this process lives. */
const againMs = 3_600_000;
const mostDue = 200;

/**
 * Reads one backup again whose turn it is, and tries another one. What could not be looked at stands in no other one's
 * way, and is thrown at the end, as an `AggregateError`.
 */
export async function lookAgain(keeping: Keeping, letPass: LetPass): Promise<void> {
  const failures: unknown[] = [];
  const first = (due: readonly BackupRow[]) => due.find(({ id }) => (letPass.get(id) ?? 0) <= Date.now());
  const look = async (row: BackupRow | undefined, work: (row: BackupRow) => Promise<unknown>) => {
    if (row === undefined) return;
    try {
      await work(row);
      letPass.delete(row.id);
    } catch (error) {
      letPass.set(row.id, Date.now() + againMs);
      failures.push(error);
    }
  };
  await look(first(await dueToRead(keeping.store)), (row) => checkBackup(keeping, row));
  await look(first(await dueToTry(keeping.store)), (row) => tried(keeping, row));
  if (failures.length > 0) throw new AggregateError(failures, "Backups could not be looked at again.");
}

/** What is damaged or away is read each day: a storage may have come back, and then it is whole again. */
async function dueToRead(store: Store): Promise<BackupRow[]> {
  const { rows } = await sql<BackupRow>`
    select b.* from atoll.backups b
     where b.state in ('made', 'verified', 'damaged', 'missing') and b.checked_at < clock_timestamp() - case
         when b.state in ('damaged', 'missing') or b.made_at = (select max(n.made_at) from atoll.backups n
           where n.instance_id = b.instance_id and n.state in ('made', 'verified'))
         then interval '${sql.raw(newestEvery)}' else interval '${sql.raw(othersEvery)}' end
     order by b.checked_at limit ${mostDue}`.execute(store);
  return rows;
}

/** The newest verified one now and then; those whose trial failed, or never came to its end, a few times more. */
async function dueToTry(store: Store): Promise<BackupRow[]> {
  const { rows } = await sql<BackupRow>`
    select b.* from atoll.backups b
     where (b.state = 'verified' and b.drilled_at < clock_timestamp() - interval '${sql.raw(drillEvery)}'
         and (b.next_trial_at is null or b.next_trial_at < clock_timestamp())
         and b.made_at = (select max(n.made_at) from atoll.backups n
           where n.instance_id = b.instance_id and n.state = 'verified'))
       or (((b.state = 'damaged' and b.problem ->> 'damage' = 'drill-failed')
           or (b.state = 'made' and b.drilled_at is null and b.trials > 0))
         and ${mayBeTried} and b.trials > 0
         and not exists (select from atoll.backups n where n.instance_id = b.instance_id and n.state = 'verified'
           and n.began_at > b.began_at)
         and not exists (select from atoll.runs r where r.id = b.id and ${goesOn}))
     order by b.drilled_at nulls first, b.began_at limit ${mostDue}`.execute(store);
  return rows;
}
