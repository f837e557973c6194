import { sql } from "kysely";
import type { Store } from "../store/store.ts";
import type { Turn } from "./turns.ts";

/** Sizes of rollups in seconds, and how many days each is kept. */
const sizes = [
  { seconds: 300, keptDays: 3 },
  { seconds: 3_600, keptDays: 35 },
  { seconds: 86_400, keptDays: 400 },
] as const;
/** Single looks are kept for two whole days: long enough for every rollup to be made of them, exactly. */
const rawDays = 2;
const dayMs = 86_400_000;

const partitionOf = (day: Date) => `probe_results_${day.toISOString().slice(0, 10).replaceAll("-", "")}`;

/** Makes the partitions of today and tomorrow, and drops those that are too old. */
export async function keepPartitions(store: Store, nowMs = Date.now()): Promise<void> {
  const today = Math.floor(nowMs / dayMs) * dayMs;
  for (const day of [today - dayMs, today, today + dayMs]) {
    const from = new Date(day);
    await sql`create table if not exists ${sql.id("atoll", partitionOf(from))}
      partition of atoll.probe_results for values from (${sql.lit(from.toISOString())})
      to (${sql.lit(new Date(day + dayMs).toISOString())})`.execute(store);
  }
  const oldest = partitionOf(new Date(today - rawDays * dayMs));
  const { rows } = await sql<{ name: string }>`select c.relname as name from pg_inherits h
    join pg_class c on c.oid = h.inhrelid where h.inhparent = 'atoll.probe_results'::regclass`.execute(store);
  for (const { name } of rows)
    if (name < oldest) await sql`drop table ${sql.id("atoll", name)}`.execute(store);
}

/**
 * Makes the rollups of one size from single looks: of the bucket that is open, of the one before, and of all since the
 * newest there is. Repeating it changes nothing.
 */
async function rollUp(store: Store, seconds: number): Promise<void> {
  const width = sql`make_interval(secs => ${sql.lit(seconds)})`;
  const origin = sql`timestamptz '2000-01-01 00:00:00Z'`;
  await sql`insert into atoll.probe_rollups (bucket_s, bucket, instance_id, kind, count, ok, p50_ms, p95_ms)
    select ${sql.lit(seconds)}, date_bin(${width}, at, ${origin}), instance_id, kind, count(*), count(*) filter (where ok),
           percentile_cont(0.5) within group (order by latency_ms), percentile_cont(0.95) within group (order by latency_ms)
      from atoll.probe_results
     where at >= coalesce(
             (select least(max(bucket), date_bin(${width}, clock_timestamp(), ${origin}) - ${width})
                from atoll.probe_rollups where bucket_s = ${sql.lit(seconds)} having max(bucket) is not null),
             '-infinity')
     group by 2, 3, 4
    on conflict (bucket_s, instance_id, kind, bucket) do update
      set count = excluded.count, ok = excluded.ok, p50_ms = excluded.p50_ms, p95_ms = excluded.p95_ms
      where (atoll.probe_rollups.count, atoll.probe_rollups.ok) is distinct from (excluded.count, excluded.ok)`.execute(
    store,
  );
}

/** Rolls single looks up, each size when its turn has come, and forgets what is older than it is kept. */
export async function keepHistory(
  store: Store,
  turn: Turn = (_what, _everyMs, work) => work(),
): Promise<void> {
  for (const { seconds, keptDays } of sizes)
    await turn(`rollup ${seconds}`, Math.min(seconds * 200, 3_600_000), async () => {
      await rollUp(store, seconds);
      await sql`delete from atoll.probe_rollups where bucket_s = ${seconds}
        and bucket < clock_timestamp() - make_interval(days => ${keptDays})`.execute(store);
    });
}

/** Forgets incidents that ended more than 400 days ago, and deliveries of more than 30 days. */
export async function forgetIncidents(store: Store): Promise<void> {
  await sql`update atoll.incidents set part_of = null where part_of in (
    select id from atoll.incidents where closed_at < clock_timestamp() - interval '400 days')`.execute(store);
  await sql`delete from atoll.incidents where closed_at < clock_timestamp() - interval '400 days'`.execute(
    store,
  );
  await sql`delete from atoll.webhook_deliveries where created_at < clock_timestamp() - interval '30 days'`.execute(
    store,
  );
}
