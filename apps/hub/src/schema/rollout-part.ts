import { Fault } from "@atoll/core/fault";
import type { Job, JobTools, Next } from "@atoll/engine/job";
import { sql } from "kysely";
import type { Store } from "../store/store.ts";
import type { Databases } from "./databases.ts";
import { digestOf, type Kind } from "./kind.ts";
import { inPool, openGates } from "./pool.ts";
import type { Expectation, Rehearsals } from "./rehearsals.ts";
import {
  type DueTarget,
  findRollout,
  moveOf,
  putBack,
  type RolloutRow,
  settleTarget,
  takeDue,
  untilDue,
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
  part: async (id, tools) => rolloutPart(await desk, id, tools),
});

/** Longest part: a pause, a stop or another worker's takeover waits for what is under way, not for a wave. */
const partMs = 10_000;
const lookEveryMs = 250;

/** One part of a rollout: what a dead worker left is taken up, then due databases until the time is over. */
async function rolloutPart(desk: RolloutDesk, id: string, tools: JobTools): Promise<Next> {
  const { store } = desk;
  const row = await findRollout(store, id);
  if (row === undefined || row.attempt !== tools.attempt) return { is: "over" };
  await tools.stillOurs();
  await putBack(store, id);
  if (row.state !== "queued" && row.state !== "running") return { is: "over" };
  if (row.state === "queued") await begin(store, id);
  const ready = await readyFor(desk, row);
  if ("why" in ready) {
    await end(store, id, "stopped", ready);
    return { is: "over" };
  }
  return work(desk, row, tools, ready);
}

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

async function work(
  desk: RolloutDesk,
  row: RolloutRow,
  tools: JobTools,
  { kind, expectation }: { kind: Kind; expectation: Expectation },
): Promise<Next> {
  const { store, databases } = desk;
  const { id, options } = row;
  const stopAt = performance.now() + partMs;
  const gates = openGates(options.perServer);
  const goesOn = stillRunning(store, row);
  for (;;) {
    const move = await moveOf(store, row);
    if (move.is === "approve") {
      await waitForApproval(store, id, move.wave);
      return { is: "over" };
    }
    if (move.is === "stop") {
      await end(store, id, "stopped", move);
      return { is: "over" };
    }
    if (move.is === "end") {
      await end(store, id, move.state, move);
      return { is: "over" };
    }
    await setWave(store, id, move.wave);
    const due = dueTargets(desk, row, move.wave, stopAt);
    let began = 0;
    await inPool(due, options.concurrency, async (target) => {
      began += 1;
      const server = await databases.server(target.slug).catch(() => target.slug);
      await gates(server, async () => {
        await tools.mayBegin();
        // Somebody may have said stop while it waited for its turn.
        if (!(await goesOn())) return putBack(store, id, target.instance_id);
        const outcome = await updateTarget(
          {
            instanceId: target.instance_id,
            slug: target.slug,
            instanceState: target.instance_state,
            attempts: target.attempts,
          },
          {
            databases,
            kind,
            expectation,
            options,
            alone: (each) => tools.alone(target.instance_id, "schema", each),
          },
        );
        await tools.stillOurs();
        const scaled =
          outcome.is === "waiting"
            ? { ...outcome, inMs: Math.ceil(outcome.inMs / tools.timeScale) }
            : outcome;
        await settleTarget(store, id, target.instance_id, scaled);
      });
    });
    const now = await findRollout(store, id);
    if (now?.state !== "running" || now.attempt !== row.attempt) return { is: "over" };
    if (performance.now() > stopAt) return { is: "again", inMs: 0 };
    if (began === 0) {
      const inMs = await untilDue(store, id, move.wave);
      if (inMs !== undefined && inMs > 0) return { is: "again", inMs: Math.min(inMs, 5_000) };
    }
  }
}

/** The databases of a wave that are due, until the part's time is over, the budget is spent, or somebody says stop. */
async function* dueTargets(
  { store }: RolloutDesk,
  row: RolloutRow,
  wave: number,
  stopAt: number,
): AsyncGenerator<DueTarget> {
  const goesOn = stillRunning(store, row);
  while (performance.now() < stopAt && (await goesOn())) {
    const move = await moveOf(store, row);
    if (move.is !== "work" || move.wave !== wave) return;
    // As many as begin at once, no more: what is marked as begun and is not would look as if it were.
    const due = await takeDue(store, row.id, wave, row.options.concurrency);
    if (due.length === 0) return;
    yield* due;
  }
}

/** Does the rollout still go on, in this attempt? Asks again when its last answer is old. */
function stillRunning(store: Store, row: RolloutRow): () => Promise<boolean> {
  let askAt = performance.now() + lookEveryMs;
  let last = true;
  return async () => {
    if (!last || performance.now() < askAt) return last;
    const now = await findRollout(store, row.id);
    last = now?.state === "running" && now.attempt === row.attempt;
    askAt = performance.now() + lookEveryMs;
    return last;
  };
}

async function begin(store: Store, id: string): Promise<void> {
  await store
    .updateTable("rollouts")
    .set({
      state: "running",
      started_at: sql<Date>`coalesce(started_at, clock_timestamp())`,
      why: null,
      next: null,
    })
    .where("id", "=", id)
    .where("state", "=", "queued")
    .execute();
}

async function setWave(store: Store, id: string, wave: number): Promise<void> {
  await store.updateTable("rollouts").set({ wave }).where("id", "=", id).where("wave", "<>", wave).execute();
}

async function waitForApproval(store: Store, id: string, wave: number): Promise<void> {
  await store
    .updateTable("rollouts")
    .set({
      state: "awaiting-approval",
      wave,
      why: "The wave before is through.",
      next: `Look at it, then approve wave ${wave}.`,
    })
    .where("id", "=", id)
    .where("state", "=", "running")
    .execute();
}

async function end(
  store: Store,
  id: string,
  state: "finished" | "failed" | "stopped",
  { why, next }: { why?: string; next?: string },
): Promise<void> {
  await store
    .updateTable("rollouts")
    .set({ state, why: why ?? null, next: next ?? null, ended_at: sql<Date>`clock_timestamp()` })
    .where("id", "=", id)
    .where("state", "=", "running")
    .execute();
}
