import type { FaultReport } from "@atoll/core/event";
import type { InstanceState } from "@atoll/core/states";
import type { Move } from "@atoll/fleet/rollout";
import { type Selectable, sql, type Transaction } from "kysely";
import type { Store } from "../store/store.ts";
import type { Tables, TemplateTargetTable, TemplateUpdateTable } from "../store/tables.ts";
import { takeDue } from "../waves/rows.ts";

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

/** Where updates of the template are kept. */
export const templateTables = {
  job: "template_updates",
  targets: "template_targets",
  of: "update_id",
} as const;

/** What an update does next, in words of instances. */
export function saidOfInstances(move: Move): Move {
  if (!("why" in move) || move.why === undefined) return move;
  const why = move.why.replaceAll("database", "instance");
  const isBehind = move.is === "end" && move.state === "finished";
  return {
    ...move,
    why,
    ...(isBehind && { next: "Resume it when they are live again: what was left behind is tried once more." }),
  };
}

/** Marks the next due instances of a wave as begun, and gives them. */
export const takeTargets = (
  store: Store,
  of: { id: string; wave: number; limit: number },
): Promise<TemplateTargetRow[]> =>
  takeDue<TemplateTargetRow>(
    store,
    templateTables,
    of,
    sql`, coalesce(extract(epoch from clock_timestamp() - t.waiting_since) * 1000, 0)::float8 as waited_ms`,
  );

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
