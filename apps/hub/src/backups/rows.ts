import type { Finding } from "@atoll/archive/damage";
import type { Manifest } from "@atoll/archive/manifest";
import type { Backup, BackupCheckpoint, BackupProblem, BackupWhy } from "@atoll/contract/schemas/backups";
import { Fault } from "@atoll/core/fault";
import { type Selectable, sql } from "kysely";
import { present } from "../server/shown.ts";
import type { Store } from "../store/store.ts";
import type { BackupTable } from "../store/tables.ts";

/** A backup as it stands in the table. */
export type BackupRow = Selectable<BackupTable>;

/** Where a backup's archive lies in the storage. */
const prefixOf = (instanceId: string, id: string): string => `backups/${instanceId}/${id}`;

/** Records that a backup is begun; begun again, it stays as it is. */
export async function beginBackup(
  store: Store,
  made: {
    id: string;
    instance: { id: string; slug: string; blueprint: string };
    why: BackupWhy;
    checkpoint: BackupCheckpoint;
  },
): Promise<void> {
  const { id, slug, blueprint } = made.instance;
  await store
    .insertInto("backups")
    .values({
      id: made.id,
      instance_id: id,
      slug,
      blueprint,
      why: made.why,
      prefix: prefixOf(id, made.id),
      checkpoint: JSON.stringify(made.checkpoint),
    })
    .onConflict((on) => on.column("id").doNothing())
    .execute();
}

/** The backup of this id; undefined where there is none. */
export function findBackup(store: Store, id: string): Promise<BackupRow | undefined> {
  return store.selectFrom("backups").selectAll().where("id", "=", id).executeTakeFirst();
}

/** The backup of this id. Throws a fault where there is none, or none any more. */
export async function mustFindBackup(store: Store, id: string): Promise<BackupRow> {
  const row = await findBackup(store, id);
  if (row !== undefined && row.state !== "removed") return row;
  throw new Fault("rejected", {
    what: row === undefined ? `There is no backup "${id}".` : `The backup "${id}" was removed.`,
    next: "`atoll backup list` names those that are there.",
    field: "backup",
  });
}

/** Records what a finished archive holds. */
export async function markMade(
  store: Store,
  id: string,
  {
    manifest,
    manifestSha256,
    durationMs,
  }: { manifest: Manifest; manifestSha256: string; durationMs: number },
): Promise<void> {
  await store
    .updateTable("backups")
    .set({
      state: "made",
      archive_id: manifest.id,
      manifest_sha256: manifestSha256,
      schema_version: manifest.schema.version,
      one_moment: manifest.moment.is === "one",
      tables: manifest.tables.length,
      rows: String(manifest.tables.reduce((sum, table) => sum + table.rows, 0)),
      size_bytes: String(manifest.parts.reduce((sum, part) => sum + part.sizeBytes, 0)),
      made_at: new Date(manifest.madeAt),
      duration_ms: Math.round(durationMs),
    })
    .where("id", "=", id)
    .where("state", "=", "making")
    .execute();
}

/**
 * Records that every part was read and is whole; what was damaged or away before is so no longer. One that failed its
 * trial stays as bad as it was: only another trial says more.
 */
export async function markChecked(store: Store, id: string): Promise<void> {
  await store
    .updateTable("backups")
    .set({
      checked_at: sql<Date>`clock_timestamp()`,
      problem: sql`case when ${failedDrill} then problem end`,
      told: sql`told and ${failedDrill}`,
      state: sql`case when state in ('damaged', 'missing') and not ${failedDrill}
        then case when drilled_at is null then 'made' else 'verified' end else state end`,
    })
    .where("id", "=", id)
    .where("state", "in", ["made", "verified", "damaged", "missing"])
    .execute();
}

/** What a trial found stands until another trial. */
const failedDrill = sql<boolean>`(coalesce(problem ->> 'damage', '') = 'drill-failed')`;

/** Records that it was restored and compared; a trial that failed before counts no longer. */
export async function markVerified(store: Store, id: string, drillMs: number): Promise<void> {
  await store
    .updateTable("backups")
    .set({
      state: "verified",
      drilled_at: sql<Date>`clock_timestamp()`,
      drill_ms: Math.round(drillMs),
      problem: null,
      told: false,
      trials: 0,
      next_trial_at: null,
    })
    .where("id", "=", id)
    .where(({ eb, or }) => or([eb("state", "in", ["made", "verified"]), failedDrill]))
    .where("state", "!=", "removed")
    .execute();
}

/** Records what is wrong with it. */
export async function markDamaged(store: Store, id: string, { damage, what, next }: Damaged): Promise<void> {
  await store
    .updateTable("backups")
    .set({
      state: damage === "empty-archive" ? "missing" : "damaged",
      problem: JSON.stringify({ damage, what, next }),
      checked_at: sql<Date>`clock_timestamp()`,
      ...(damage === "drill-failed" && { drilled_at: null }),
    })
    .where("id", "=", id)
    .where("state", "in", ["made", "verified", "damaged", "missing"])
    .execute();
}

type Damaged = BackupProblem & { damage: Finding["damage"] | "drill-failed" };

/** Records that its archive is gone, or goes now. */
export async function markRemoved(store: Store, id: string): Promise<void> {
  await store
    .updateTable("backups")
    .set({ state: "removed", removed_at: sql<Date>`clock_timestamp()` })
    .where("id", "=", id)
    .execute();
}

/** Records that the files of a removed one are gone. */
export async function markCleared(store: Store, id: string): Promise<void> {
  await store
    .updateTable("backups")
    .set({ cleared_at: sql<Date>`clock_timestamp()` })
    .where("id", "=", id)
    .where("state", "=", "removed")
    .execute();
}

/** After so many trials in a row that failed nobody tries it again by itself. */
const mostTrials = 5;
const firstPauseMs = 3_600_000;

/** SQL that is true of a backup whose trial failed, and may be repeated by itself. */
export const mayBeTried = sql<boolean>`(trials < ${sql.lit(mostTrials)}
  and (next_trial_at is null or next_trial_at < clock_timestamp()))`;

/**
 * Records that a trial begins, and when another one may: after 1 hour, then 4, 16 and 64. A trial that ends the
 * process that makes it counts, too.
 */
export async function beginTrial(store: Store, id: string): Promise<void> {
  await store
    .updateTable("backups")
    .set({
      trials: sql<number>`trials + 1`,
      next_trial_at: sql<Date>`clock_timestamp()
        + ${firstPauseMs}::float8 * power(4, least(trials, 3)) * interval '1 millisecond'`,
    })
    .where("id", "=", id)
    .execute();
}

/** As the API tells it. */
export function shownBackup(row: BackupRow): Backup {
  const count = (text: string | null) => (text === null ? undefined : Number(text));
  return {
    id: row.id,
    instance: row.slug,
    blueprint: row.blueprint,
    why: row.why,
    state: row.state,
    checkpoint: row.checkpoint,
    beganAt: row.began_at.toISOString(),
    ...present({
      schemaVersion: row.schema_version ?? undefined,
      oneMoment: row.one_moment ?? undefined,
      tables: row.tables ?? undefined,
      rows: count(row.rows),
      sizeBytes: count(row.size_bytes),
      madeAt: row.made_at?.toISOString(),
      checkedAt: row.checked_at?.toISOString(),
      drilledAt: row.drilled_at?.toISOString(),
      durationMs: row.duration_ms ?? undefined,
      drillMs: row.drill_ms ?? undefined,
      problem: row.problem ?? undefined,
    }),
  };
}
