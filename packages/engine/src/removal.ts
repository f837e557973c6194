import { DBOS } from "@dbos-inc/dbos-sdk";
import { rethrowControl } from "./control.ts";
import { type Outcome, outcomeOf, publish } from "./outcome.ts";
import { journalStep } from "./reached.ts";
import type { RemovalItem } from "./removal-plan.ts";
import { breakRemoval, glance, removalTick } from "./removal-tick.ts";
import { rest } from "./rest.ts";
import type { Runtime } from "./runtime.ts";
import { start, type Tick } from "./waits.ts";

export interface RemovalInput {
  runId: string;
  item: RemovalItem;
  /** Workflow ids of the removals that come first. */
  awaits: string[];
}

export type StartRemoval = (workflowId: string, input: RemovalInput) => Promise<void>;

/** One removal, as a workflow of its own: goes after those that need the thing, however they ended. */
export async function removeStep(rt: Runtime, { runId, item, awaits }: RemovalInput): Promise<void> {
  let gone = true;
  for (const other of awaits) if ((await outcomeOf(rt, other)).is !== "done") gone = false;
  try {
    if (item.does === "check" && !gone) {
      await journalStep(rt, "glance", () => glance(rt, runId, item.step));
      return await publish({ is: "skipped" });
    }
    await publish(await lookUntilGone(rt, runId, item));
  } catch (error) {
    rethrowControl(error);
    await journalStep(rt, "break", () => breakRemoval(rt, runId, item.step, error));
    await publish({ is: "failed" });
  }
}

async function lookUntilGone(rt: Runtime, runId: string, item: RemovalItem): Promise<Outcome> {
  let progress = start;
  for (;;) {
    const tick: Tick = await DBOS.runStep(() => removalTick(rt, runId, item, progress), { name: "look" });
    if (tick.is !== "wait") return { is: tick.is };
    progress = tick.progress;
    await rest(rt, tick.waitMs);
  }
}

/** Starts all removals at once, each waiting for its own, and awaits them. */
export async function removeAll(
  rt: Runtime,
  startRemoval: StartRemoval,
  workflowId: string,
  runId: string,
  items: readonly RemovalItem[],
): Promise<void> {
  const idOf = (step: string) => `${workflowId}/${step}`;
  for (const item of items)
    await startRemoval(idOf(item.step), { runId, item, awaits: item.after.map(idOf) });
  for (const item of items) await outcomeOf(rt, idOf(item.step));
}
