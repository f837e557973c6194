import type { Query } from "../database.ts";

/** Milliseconds since 1970. */
const nowMs = "(extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms";
const expired = "beat_at < clock_timestamp() - ttl_ms * interval '1 millisecond'";

/** Adds a worker's lease, and forgets those that were taken over long ago. Gives the database's time. */
export async function insertLease(
  query: Query,
  lease: { executorId: string; version: string; ttlMs: number },
): Promise<number> {
  await query("delete from atoll.worker_lease where taken_over_at < clock_timestamp() - interval '1 day'");
  const [row] = await query<{ now_ms: number }>(
    `insert into atoll.worker_lease (executor_id, app_version, ttl_ms) values ($1, $2, $3) returning ${nowMs}`,
    [lease.executorId, lease.version, lease.ttlMs],
  );
  if (!row) throw new Error("A lease was not recorded.");
  return row.now_ms;
}

/** Shows that a worker lives. Gives the database's time; undefined when its lease is no longer its own. */
export async function beat(query: Query, executorId: string): Promise<number | undefined> {
  const [row] = await query<{ now_ms: number }>(
    `update atoll.worker_lease set beat_at = clock_timestamp()
     where executor_id = $1 and taken_over_at is null returning ${nowMs}`,
    [executorId],
  );
  return row?.now_ms;
}

/** Gives a lease back at once, so that nobody waits for it to run out. */
export async function endLease(query: Query, executorId: string): Promise<void> {
  await query("update atoll.worker_lease set beat_at = '-infinity' where executor_id = $1", [executorId]);
}

/**
 * Marks one dead worker of this version as taken over and gives its id. Two sweeps never get the same one.
 * Marked first, recovered after: a worker that wakes up in between finds its lease gone.
 */
export async function takeDeadWorker(query: Query, version: string): Promise<string | undefined> {
  const [row] = await query<{ executor_id: string }>(
    `update atoll.worker_lease set taken_over_at = clock_timestamp() where executor_id = (
       select executor_id from atoll.worker_lease
       where taken_over_at is null and app_version = $1 and ${expired}
       order by beat_at limit 1 for update skip locked)
     returning executor_id`,
    [version],
  );
  return row?.executor_id;
}

/** The versions of all workers that live, one for each worker. */
export async function livingVersions(query: Query): Promise<string[]> {
  const rows = await query<{ app_version: string }>(
    `select app_version from atoll.worker_lease where taken_over_at is null and not (${expired})`,
  );
  return rows.map((row) => row.app_version);
}

/** Workers that were taken over within the last hour: a recovery that broke off half-way is looked for there. */
export async function lateWorkers(query: Query, version: string): Promise<string[]> {
  const rows = await query<{ executor_id: string }>(
    `select executor_id from atoll.worker_lease
     where app_version = $1 and taken_over_at > clock_timestamp() - interval '1 hour'`,
    [version],
  );
  return rows.map((row) => row.executor_id);
}
