import { type Move, nextMove, type WaveCounts } from "@atoll/fleet/rollout";
import { type RawBuilder, sql } from "kysely";
import type { Store } from "../store/store.ts";
import type { RolloutTable } from "../store/tables.ts";

/** Where something that goes over many instances in waves is kept: itself, and one row for each instance. */
export interface WaveTables {
  job: "rollouts" | "template_updates";
  targets: "rollout_targets" | "template_targets";
  /** Column of a target that names the job. */
  of: "rollout_id" | "update_id";
}

/** What all of them have in common; each has further columns and options of its own. */
export interface WaveJob {
  id: string;
  state: RolloutTable["state"];
  attempt: number;
  may_fail: number;
  approved_wave: number;
  options: { approve: boolean; concurrency: number };
}

/** Names as parts of a statement. They come from `WaveTables` only. */
const named = ({ job, targets, of }: WaveTables) => ({
  job: sql.table(`atoll.${job}`),
  targets: sql.table(`atoll.${targets}`),
  of: sql.ref(of),
});

/** How many instances stand where, wave by wave. */
export async function countWaves(store: Store, tables: WaveTables, id: string): Promise<WaveCounts[]> {
  const { targets, of } = named(tables);
  const { rows } = await sql<WaveCounts>`select wave,
      count(*) filter (where state = 'pending')::integer as pending,
      count(*) filter (where state = 'running')::integer as running,
      count(*) filter (where state = 'waiting')::integer as waiting,
      count(*) filter (where state = 'done')::integer as done,
      count(*) filter (where state = 'failed')::integer as failed,
      count(*) filter (where state = 'left-behind')::integer as "leftBehind"
    from ${targets} where ${of} = ${id} group by wave order by wave`.execute(store);
  return rows;
}

/** What it does next, by its counts. */
export async function moveOf(store: Store, tables: WaveTables, row: WaveJob): Promise<Move> {
  const { may_fail: mayFail, approved_wave: approvedWave, options } = row;
  const waves = await countWaves(store, tables, row.id);
  return nextMove({ waves, mayFail, approve: options.approve, approvedWave });
}

/** Puts back what was taken and nobody works on: all that a dead part left, or one that was not begun. */
export async function putBack(
  store: Store,
  tables: WaveTables,
  id: string,
  instanceId?: string,
): Promise<void> {
  const { targets, of } = named(tables);
  const one = instanceId === undefined ? sql`` : sql`and instance_id = ${instanceId}`;
  await sql`update ${targets} set state = 'pending' where ${of} = ${id} and state = 'running' ${one}`.execute(
    store,
  );
}

/** Not waiting for the disk: what a crash of Postgres loses of it is looked at again, and found as it is. */
export const light = sql`select set_config('synchronous_commit', 'off', true)`;

/** Marks the next due instances of a wave as begun, and gives them: their rows, with `more` columns. */
export async function takeDue<Target>(
  store: Store,
  tables: WaveTables,
  { id, wave, limit }: { id: string; wave: number; limit: number },
  more: RawBuilder<unknown> = sql``,
): Promise<Target[]> {
  const { targets, of } = named(tables);
  const { rows } = await sql<Target>`
    with light as materialized (${light})
    update ${targets} t set state = 'running', started_at = coalesce(t.started_at, clock_timestamp())
    from atoll.instances i, light
    where i.id = t.instance_id and t.${of} = ${id} and t.instance_id in (
      select instance_id from ${targets}
      where ${of} = ${id} and wave = ${wave} and state in ('pending', 'waiting') and due_at <= clock_timestamp()
      order by due_at, position limit ${limit})
    returning t.*, i.slug, i.state as instance_state ${more}`.execute(store);
  return rows;
}

/** Milliseconds until the next instance of a wave is due; undefined when none waits. */
export async function untilDue(
  store: Store,
  tables: WaveTables,
  id: string,
  wave: number,
): Promise<number | undefined> {
  const { targets, of } = named(tables);
  const { rows } = await sql<{ ms: number | null }>`
    select (extract(epoch from min(due_at) - clock_timestamp()) * 1000)::integer as ms from ${targets}
    where ${of} = ${id} and wave = ${wave} and state in ('pending', 'waiting')`.execute(store);
  const ms = rows[0]?.ms ?? undefined;
  return ms === undefined ? undefined : Math.max(0, ms);
}

/** From `queued` to `running`. */
export async function begin(store: Store, tables: WaveTables, id: string): Promise<void> {
  await sql`update ${named(tables).job} set state = 'running', why = null, next = null,
      started_at = coalesce(started_at, clock_timestamp())
    where id = ${id} and state = 'queued'`.execute(store);
}

/** Writes down which wave is worked on. */
export async function setWave(store: Store, tables: WaveTables, id: string, wave: number): Promise<void> {
  await sql`update ${named(tables).job} set wave = ${wave} where id = ${id} and wave <> ${wave}`.execute(
    store,
  );
}

/** From `running` to an end, or to where a person is waited for. */
export async function leave(
  store: Store,
  tables: WaveTables,
  id: string,
  to: { state: "awaiting-approval" | "finished" | "failed" | "stopped"; why?: string; next?: string },
): Promise<void> {
  const isOver = to.state !== "awaiting-approval";
  await sql`update ${named(tables).job} set state = ${to.state}, why = ${to.why ?? null}, next = ${to.next ?? null},
      ended_at = case when ${isOver} then clock_timestamp() else ended_at end
    where id = ${id} and state = 'running'`.execute(store);
}
