import type { InstanceState } from "@atoll/core/states";
import { nextMove, type WaveCounts } from "@atoll/fleet/rollout";
import { type Selectable, sql, type Transaction } from "kysely";
import type { Store } from "../store/store.ts";
import type { RolloutTable, Tables } from "../store/tables.ts";
import type { Outcome } from "./rollout-target.ts";

export type RolloutRow = Selectable<RolloutTable>;

/** One rollout's row. */
export async function findRollout(
  store: Store | Transaction<Tables>,
  id: string,
): Promise<RolloutRow | undefined> {
  return store.selectFrom("rollouts").selectAll().where("id", "=", id).executeTakeFirst();
}

/** How many databases stand where, wave by wave. */
export async function countWaves(store: Store, id: string): Promise<WaveCounts[]> {
  const rows = await store
    .selectFrom("rollout_targets")
    .select(["wave", "state", sql<number>`count(*)::integer`.as("number")])
    .where("rollout_id", "=", id)
    .groupBy(["wave", "state"])
    .orderBy("wave")
    .execute();
  const waves = new Map<number, WaveCounts>();
  for (const { wave, state, number } of rows) {
    const at = waves.get(wave) ?? {
      wave,
      pending: 0,
      running: 0,
      waiting: 0,
      done: 0,
      failed: 0,
      leftBehind: 0,
    };
    at[state === "left-behind" ? "leftBehind" : state] = number;
    waves.set(wave, at);
  }
  return [...waves.values()];
}

/** What a rollout does next, by its counts. */
export async function moveOf(store: Store, row: RolloutRow): Promise<ReturnType<typeof nextMove>> {
  const { options } = row;
  return nextMove({
    waves: await countWaves(store, row.id),
    mayFail: row.may_fail,
    approve: options.approve,
    approvedWave: row.approved_wave,
  });
}

/** Puts back what was taken and nobody works on: all that a dead part left, or one that was not begun. */
export async function putBack(store: Store, id: string, instanceId?: string): Promise<void> {
  let taken = store
    .updateTable("rollout_targets")
    .set({ state: "pending" })
    .where("rollout_id", "=", id)
    .where("state", "=", "running");
  if (instanceId !== undefined) taken = taken.where("instance_id", "=", instanceId);
  await taken.execute();
}

// Not waiting for the disk: what a crash of Postgres loses here is looked at again, and its database says that it is done.
const light = sql`select set_config('synchronous_commit', 'off', true)`;

export interface DueTarget {
  instance_id: string;
  slug: string;
  instance_state: InstanceState;
  attempts: number;
}

/** Marks the next due databases of a wave as begun, and gives them. */
export async function takeDue(store: Store, id: string, wave: number, limit: number): Promise<DueTarget[]> {
  const { rows } = await sql<DueTarget>`
    with light as materialized (${light})
    update atoll.rollout_targets t set state = 'running', started_at = coalesce(t.started_at, clock_timestamp())
    from atoll.instances i, light
    where i.id = t.instance_id and t.rollout_id = ${id} and t.instance_id in (
      select instance_id from atoll.rollout_targets
      where rollout_id = ${id} and wave = ${wave} and state in ('pending', 'waiting') and due_at <= clock_timestamp()
      order by due_at, position limit ${limit})
    returning t.instance_id, i.slug, i.state as instance_state, t.attempts`.execute(store);
  return rows;
}

/** Milliseconds until the next database of a wave is due; undefined when none waits. */
export async function untilDue(store: Store, id: string, wave: number): Promise<number | undefined> {
  const { rows } = await sql<{ ms: number | null }>`
    select (extract(epoch from min(due_at) - clock_timestamp()) * 1000)::integer as ms from atoll.rollout_targets
    where rollout_id = ${id} and wave = ${wave} and state in ('pending', 'waiting')`.execute(store);
  const ms = rows[0]?.ms ?? undefined;
  return ms === undefined ? undefined : Math.max(0, ms);
}

/** Writes down what became of a try, and for one that is through what its database says of itself now. */
export async function settleTarget(
  store: Store,
  id: string,
  instanceId: string,
  outcome: Outcome,
): Promise<void> {
  const state = outcome.is;
  const point = "restorePoint" in outcome ? JSON.stringify(outcome.restorePoint ?? null) : null;
  const fault = outcome.is === "done" ? null : JSON.stringify(outcome.fault);
  const inMs = outcome.is === "waiting" ? outcome.inMs : 0;
  const tries =
    outcome.is === "done" || outcome.is === "failed" || (outcome.is === "waiting" && outcome.isTry) ? 1 : 0;
  const version = outcome.is === "done" ? outcome.updated.version : null;
  const ms = outcome.is === "done" ? outcome.updated.durationMs : null;
  await sql`with light as materialized (${light}),
    seen as (
      insert into atoll.schema_states (instance_id, version, drift, seen_at)
      select ${instanceId}, ${version}::integer, '[]', clock_timestamp() where ${version}::integer is not null
      on conflict (instance_id) do update set version = excluded.version, drift = '[]', problem = null, told = null,
        seen_at = excluded.seen_at, tried_at = clock_timestamp()),
    journal as (
      update atoll.resources set attrs = jsonb_set(attrs, '{version}', to_jsonb(${version}::integer))
      where ${version}::integer is not null and instance_id = ${instanceId} and kind = 'postgres.schema')
    update atoll.rollout_targets set state = ${state}, attempts = attempts + ${tries}, fault = ${fault}::jsonb,
      restore_point = coalesce(nullif(${point}::jsonb, 'null'), restore_point),
      due_at = clock_timestamp() + ${inMs} * interval '1 millisecond',
      version = coalesce(${version}::integer, version), duration_ms = coalesce(${ms}::integer, duration_ms),
      ended_at = case when ${state} = 'waiting' then null else clock_timestamp() end
    from light where rollout_id = ${id} and instance_id = ${instanceId} and state = 'running'`.execute(store);
}
