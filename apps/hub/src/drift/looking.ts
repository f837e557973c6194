import { Fault } from "@atoll/core/fault";
import type { InstanceState } from "@atoll/core/states";
import { sql } from "kysely";
import type { Store } from "../store/store.ts";
import { type LookOptions, lookAtAll } from "./look.ts";
import { noteDrift } from "./record.ts";

/** An instance as a look needs it. */
export interface Looked {
  id: string;
  slug: string;
  blueprint: string;
  environment: string;
  state: InstanceState;
}

/**
 * What became of a look: unless it was noted a run was under way, or began meanwhile, and what was seen is worth nothing.
 * `failures` are for the log.
 */
interface Outcome {
  isNoted: boolean;
  failures: unknown[];
}

const busy: Outcome = { isNoted: false, failures: [] };

/** The newest run of an instance, and whether one is under way. */
async function runsOf(store: Store, instanceId: string): Promise<{ last: number; active: boolean }> {
  const { rows } = await sql<{ last: number; active: boolean }>`
    select coalesce(max(number), 0)::int as last,
      coalesce(bool_or(state in ('queued', 'running', 'waiting', 'undoing')), false) as active
    from atoll.runs where instance_id = ${instanceId}`.execute(store);
  return rows[0] ?? { last: 0, active: false };
}

/** Looks at one instance and writes down what it saw, unless a run changes it at the same time. */
export async function look(instance: Looked, options: LookOptions, nextMs: number): Promise<Outcome> {
  const { store } = options;
  const before = await runsOf(store, instance.id);
  if (before.active) return busy;
  const seen = await lookAtAll(instance, options);
  const after = await runsOf(store, instance.id);
  if (after.active || after.last !== before.last) return busy;
  await store.transaction().execute((tx) => noteDrift(tx, instance.id, seen, new Date(Date.now() + nextMs)));
  return { isNoted: true, failures: seen.failures };
}

/** Has the hub look soon, as soon as no run is under way. */
export async function lookSoon(store: Store, instanceId: string): Promise<void> {
  await store
    .insertInto("drift_looks")
    .values({
      instance_id: instanceId,
      due_at: new Date(),
      looked_at: null,
      problems: "[]",
      besides: "[]",
      deciding_until: null,
    })
    .onConflict((conflict) =>
      conflict.column("instance_id").doUpdateSet({ due_at: sql<Date>`clock_timestamp()` }),
    )
    .execute();
}

/** Refuses a look at an instance that is not as it should stay. */
export function mustBeLive({ slug, state }: Looked): void {
  if (state === "live") return;
  throw new Fault("rejected", {
    what: `"${slug}" is ${state}: only a live instance is looked at for drift.`,
    next: state === "paused" ? "Resume it first." : "Look at its newest run.",
    field: "slug",
  });
}
