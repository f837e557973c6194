import type { FaultReport } from "@atoll/core/event";
import type { InstanceState } from "@atoll/core/states";
import { nextMove, type WaveCounts } from "@atoll/fleet/rollout";
import { type Selectable, sql, type Transaction } from "kysely";
import type { Store } from "../store/store.ts";
import type { Tables, TemplateTargetTable, TemplateUpdateTable } from "../store/tables.ts";

export type TemplateUpdateRow = Selectable<TemplateUpdateTable>;

/** One instance of an update, as a part of it takes it up. */
export type TemplateTargetRow = Selectable<TemplateTargetTable> & {
  slug: string;
  /** How long it has waited for what `said` says; 0 where it does not. */
  waited_ms: number;
  instance_state: InstanceState;
};

/** How long one thing of a machine's is waited for, and what it is called when it never came. */
interface WaitLimit {
  ms: number;
  fault: FaultReport;
}

/** What a look at one instance came to. */
export type TemplateOutcome = Partial<
  Pick<TemplateTargetRow, "repository" | "base" | "pull_number" | "pull_url" | "merged">
> & {
  conflicts?: TemplateTargetRow["conflicts"];
  /** Where it stands, one clause. */
  said: string;
} & (
    | { is: "done" }
    | { is: "failed" | "left-behind"; fault: FaultReport }
    | { is: "waiting"; inMs: number; fault?: FaultReport; isTry?: true; limit?: WaitLimit }
  );

/** One update's row. */
export const findUpdate = (
  store: Store | Transaction<Tables>,
  id: string,
): Promise<TemplateUpdateRow | undefined> =>
  store.selectFrom("template_updates").selectAll().where("id", "=", id).executeTakeFirst();

/** How many instances stand where, wave by wave. */
export async function countTemplateWaves(store: Store, id: string): Promise<WaveCounts[]> {
  const { rows } = await sql<WaveCounts>`select wave,
      count(*) filter (where state = 'pending')::integer as pending,
      count(*) filter (where state = 'running')::integer as running,
      count(*) filter (where state = 'waiting')::integer as waiting,
      count(*) filter (where state = 'done')::integer as done,
      count(*) filter (where state = 'failed')::integer as failed,
      count(*) filter (where state = 'left-behind')::integer as "leftBehind"
    from atoll.template_targets where update_id = ${id} group by wave order by wave`.execute(store);
  return rows;
}

/** What an update does next, by its counts, in words of instances. */
export async function templateMove(
  store: Store,
  row: TemplateUpdateRow,
): Promise<ReturnType<typeof nextMove>> {
  const waves = await countTemplateWaves(store, row.id);
  const { options, may_fail: mayFail, approved_wave: approvedWave } = row;
  const move = nextMove({ waves, mayFail, approve: options.approve, approvedWave });
  if (!("why" in move) || move.why === undefined) return move;
  const why = move.why.replaceAll("database", "instance");
  const isBehind = move.is === "end" && move.state === "finished";
  return {
    ...move,
    why,
    ...(isBehind && { next: "Resume it when they are live again: what was left behind is tried once more." }),
  };
}

/** Puts back what was taken and nobody works on. */
export async function putTargetsBack(store: Store, id: string): Promise<void> {
  await store
    .updateTable("template_targets")
    .set({ state: "pending" })
    .where("update_id", "=", id)
    .where("state", "=", "running")
    .execute();
}

/** Marks the next due instances of a wave as begun, and gives them. */
export async function takeTargets(
  store: Store,
  id: string,
  wave: number,
  limit: number,
): Promise<TemplateTargetRow[]> {
  const { rows } = await sql<TemplateTargetRow>`
    update atoll.template_targets t set state = 'running', started_at = coalesce(t.started_at, clock_timestamp())
    from atoll.instances i
    where i.id = t.instance_id and t.update_id = ${id} and t.instance_id in (
      select instance_id from atoll.template_targets
      where update_id = ${id} and wave = ${wave} and state in ('pending', 'waiting') and due_at <= clock_timestamp()
      order by due_at, position limit ${limit})
    returning t.*, i.slug, i.state as instance_state,
      coalesce(extract(epoch from clock_timestamp() - t.waiting_since) * 1000, 0)::float8 as waited_ms`.execute(
    store,
  );
  return rows;
}

/** Milliseconds until the next instance of a wave is due; undefined when none waits. */
export async function untilTargetDue(store: Store, id: string, wave: number): Promise<number | undefined> {
  const { rows } = await sql<{ ms: number | null }>`
    select (extract(epoch from min(due_at) - clock_timestamp()) * 1000)::integer as ms
    from atoll.template_targets
    where update_id = ${id} and wave = ${wave} and state in ('pending', 'waiting')`.execute(store);
  const ms = rows[0]?.ms ?? undefined;
  return ms === undefined ? undefined : Math.max(0, ms);
}

/** Writes down what a look came to. */
export async function settleTemplateTarget(
  store: Store,
  { update_id, instance_id }: Pick<TemplateTargetRow, "update_id" | "instance_id">,
  outcome: TemplateOutcome,
): Promise<void> {
  const { is: state, said, conflicts, repository, base, pull_number, pull_url, merged } = outcome;
  const fault = "fault" in outcome && outcome.fault !== undefined ? JSON.stringify(outcome.fault) : null;
  const inMs = outcome.is === "waiting" ? outcome.inMs : 0;
  const isTry = outcome.is === "failed" || (outcome.is === "waiting" && outcome.isTry === true);
  await store
    .updateTable("template_targets")
    .set({
      state,
      said,
      fault,
      attempts: sql<number>`attempts + ${isTry ? 1 : 0}`,
      due_at: sql<Date>`clock_timestamp() + ${inMs}::float8 * interval '1 millisecond'`,
      waiting_since:
        state !== "waiting"
          ? null
          : sql<Date>`case when said = ${said} then coalesce(waiting_since, clock_timestamp()) else clock_timestamp() end`,
      ended_at: state === "waiting" ? null : sql<Date>`clock_timestamp()`,
      ...(conflicts && { conflicts: JSON.stringify(conflicts) }),
      ...(repository && { repository }),
      ...(base && { base }),
      ...(pull_number && { pull_number }),
      ...(pull_url && { pull_url }),
      ...(merged && { merged }),
    })
    .where("update_id", "=", update_id)
    .where("instance_id", "=", instance_id)
    .where("state", "=", "running")
    .execute();
}
