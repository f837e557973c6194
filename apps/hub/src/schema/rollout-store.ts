import type { InstanceState } from "@atoll/core/states";
import { type Selectable, sql, type Transaction } from "kysely";
import type { Store } from "../store/store.ts";
import type { RolloutTable, Tables } from "../store/tables.ts";
import { light } from "../waves/rows.ts";
import type { Outcome } from "./rollout-target.ts";

export type RolloutRow = Selectable<RolloutTable>;

/** One rollout's row. */
export async function findRollout(
  store: Store | Transaction<Tables>,
  id: string,
): Promise<RolloutRow | undefined> {
  return store.selectFrom("rollouts").selectAll().where("id", "=", id).executeTakeFirst();
}

/** Where rollouts are kept. */
export const rolloutTables = { job: "rollouts", targets: "rollout_targets", of: "rollout_id" } as const;

/** One database of a rollout, as a part of it takes it up. */
export interface DueTarget {
  instance_id: string;
  slug: string;
  instance_state: InstanceState;
  attempts: number;
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
