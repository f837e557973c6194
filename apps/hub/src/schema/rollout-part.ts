import { Fault } from "@atoll/core/fault";
import type { Job, JobTools } from "@atoll/engine/job";
import type { Store } from "../store/store.ts";
import { type WaveWork, wavesPart } from "../waves/part.ts";
import { takeDue } from "../waves/rows.ts";
import type { Databases } from "./databases.ts";
import { digestOf, type Kind } from "./kind.ts";
import { openGates } from "./pool.ts";
import type { Expectation, Rehearsals } from "./rehearsals.ts";
import {
  type DueTarget,
  findRollout,
  type RolloutRow,
  rolloutTables,
  settleTarget,
} from "./rollout-store.ts";
import { updateTarget } from "./rollout-target.ts";

/** What a worker needs for the rollouts of its environment. */
export interface RolloutDesk {
  store: Store;
  databases: Databases;
  kind(blueprint: string): Kind | undefined;
  rehearsals: Pick<Rehearsals, "expected">;
}

/** Name of the engine's job that does rollouts. */
export const rolloutJob = "rollout";

/** The engine's job. `desk` may come later than the engine: a part waits for it. */
export const rollouts = (desk: Promise<RolloutDesk>): Job => ({
  name: rolloutJob,
  async part(id, tools) {
    const here = await desk;
    return wavesPart<RolloutRow, DueTarget>(
      {
        store: here.store,
        tables: rolloutTables,
        find: (each) => findRollout(here.store, each),
        async open(row) {
          const ready = await readyFor(here, row);
          return "why" in ready ? ready : workOn(here, row, tools, ready);
        },
      },
      id,
      tools,
    );
  },
});

/** What the rollout works with; why it cannot, when the files are others, or cannot be rehearsed any more. */
async function readyFor(
  { kind: kindOf, rehearsals }: RolloutDesk,
  row: RolloutRow,
): Promise<{ kind: Kind; expectation: Expectation } | { why: string; next: string }> {
  const kind = kindOf(row.blueprint);
  if (kind === undefined || digestOf(kind) !== row.digest)
    return {
      why: "The migrations are others than those that this rollout was rehearsed with.",
      next: "Start a new rollout: it takes what is not done yet.",
    };
  try {
    return { kind, expectation: await rehearsals.expected(kind) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { why: error.what, next: error.next };
  }
}

/** One database after the other, so many at once and so many at a server. */
function workOn(
  { store, databases }: RolloutDesk,
  { id, options }: RolloutRow,
  tools: JobTools,
  { kind, expectation }: { kind: Kind; expectation: Expectation },
): WaveWork<DueTarget> {
  const gates = openGates(options.perServer);
  return {
    take: (wave) => takeDue(store, rolloutTables, { id, wave, limit: options.concurrency }),
    async inTurn({ slug }, work) {
      const server = await databases.server(slug).catch(() => slug);
      await gates(server, work);
    },
    async bring({ instance_id: instanceId, slug, instance_state: instanceState, attempts }) {
      const outcome = await updateTarget(
        { instanceId, slug, instanceState, attempts },
        {
          databases,
          kind,
          expectation,
          options,
          alone: (each) => tools.alone(instanceId, "schema", each),
        },
      );
      const scaled =
        outcome.is === "waiting" ? { ...outcome, inMs: Math.ceil(outcome.inMs / tools.timeScale) } : outcome;
      return () => settleTarget(store, id, instanceId, scaled);
    },
  };
}
