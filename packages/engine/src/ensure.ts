import { DBOS } from "@dbos-inc/dbos-sdk";
import { rethrowControl } from "./control.ts";
import { breakStep, ensureTick, skipStep } from "./ensure-tick.ts";
import { type Outcome, outcomeOf, publish } from "./outcome.ts";
import { journalStep } from "./reached.ts";
import { rest } from "./rest.ts";
import type { Runtime } from "./runtime.ts";
import { start, type Tick } from "./waits.ts";

/** A step as its workflow gets it; `needs` are the workflow ids of the siblings that it awaits. */
export interface StepInput {
  runId: string;
  step: string;
  needs: string[];
}

/**
 * One step of a run, as a workflow of its own: awaits what it needs, then looks and acts until the thing is
 * as it should be. Nothing sleeps inside a look; waiting is durable and costs no worker.
 */
export async function ensureStep(rt: Runtime, { runId, step, needs }: StepInput): Promise<void> {
  let ready = true;
  for (const need of needs) if ((await outcomeOf(rt, need)).is !== "done") ready = false;
  if (ready) {
    try {
      await publish(await lookUntilDone(rt, runId, step));
    } catch (error) {
      rethrowControl(error);
      await journalStep(rt, "break", () => breakStep(rt, runId, step, error));
      await publish({ is: "failed" });
    }
  } else {
    await journalStep(rt, "skip", () => skipStep(rt, runId, step));
    await publish({ is: "skipped" });
  }
}

async function lookUntilDone(rt: Runtime, runId: string, step: string): Promise<Outcome> {
  let progress = start;
  for (;;) {
    const tick: Tick = await DBOS.runStep(() => ensureTick(rt, runId, step, progress), { name: "look" });
    if (tick.is === "done") await rt.pause("step-done-not-published", { runId, step });
    if (tick.is !== "wait") return { is: tick.is };
    progress = tick.progress;
    await rest(rt, tick.waitMs);
  }
}
