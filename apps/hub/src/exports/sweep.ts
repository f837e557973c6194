import { type RawBuilder, sql } from "kysely";
import { goesOn, mayGoOn } from "../backups/needed.ts";
import type { ArchiveStorage } from "../backups/storage.ts";
import type { Store } from "../store/store.ts";
import { exportPrefix, removeArchive, uploadPrefix } from "./places.ts";

/** One that was never finished goes after so long, when the run that made it can still be retried. */
const unfinishedFor = "7 days";

/** SQL: nobody downloads it, or sends it in, just now. */
const isFree: RawBuilder<boolean> = sql<boolean>`(held_until is null or held_until < clock_timestamp())`;

/** SQL that is true of an upload `u` that a run of an import needs, or may need once more. */
export const isImported: RawBuilder<boolean> = sql<boolean>`exists (select from atoll.runs r
  where r.kind = 'import' and r.input ->> 'upload' = u.id and ${mayGoOn})`;

/**
 * Removes exports and uploads that have expired and that nobody uses, and what was left of those removed before. What is
 * wrong with one keeps no other one; the first fault is thrown at the end.
 */
export async function sweep(store: Store, archives: ArchiveStorage, now: Date): Promise<void> {
  // The rows first: nobody begins to use what is being removed.
  await sql`update atoll.exports e set state = 'removed' where ${isFree}
    and ((state = 'ready' and expires_at < ${now}) or (state = 'making' and not exists (select from atoll.runs r
      where r.id = e.id and (${goesOn} or (${mayGoOn}
        and e.created_at > ${now}::timestamptz - interval '${sql.raw(unfinishedFor)}')))))`.execute(store);
  await sql`update atoll.uploads u set state = 'removed' where state <> 'removed' and expires_at < ${now}
    and ${isFree} and not ${isImported}`.execute(store);
  const failures: unknown[] = [];
  for (const [table, prefixOf] of [
    ["exports", exportPrefix],
    ["uploads", uploadPrefix],
  ] as const) {
    const { rows } = await sql<{ id: string }>`select id from ${sql.table(`atoll.${table}`)}
      where state = 'removed' and cleared_at is null`.execute(store);
    for (const { id } of rows)
      await clear(store, archives, { table, id, prefix: prefixOf(id) }).catch((error: unknown) =>
        failures.push(error),
      );
  }
  if (failures.length > 0) throw failures[0];
}

/** Removes the files of one that is removed already; what could not be removed is looked for again. */
export async function clear(
  store: Store,
  archives: Pick<ArchiveStorage, "storage">,
  { table, id, prefix }: { table: "exports" | "uploads"; id: string; prefix: string },
): Promise<void> {
  await removeArchive(archives, prefix);
  await sql`update ${sql.table(`atoll.${table}`)} set cleared_at = clock_timestamp()
    where id = ${id} and state = 'removed'`.execute(store);
}
