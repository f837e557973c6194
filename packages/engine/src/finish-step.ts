import { endStep, parkStep } from "./journal/steps.ts";
import { tell } from "./scene.ts";
import type { Progress, Tick } from "./waits.ts";
import type { Work } from "./work.ts";

export type Did = "created" | "updated" | "kept" | "sent" | "removed" | "skipped";

/** Ends a step that is as it should be. */
export async function finish({ rt, run, scene }: Work, step: string, did: Did, says?: string): Promise<Tick> {
  await rt.db.tx(async (query) => {
    const ended = await endStep(query, run.id, step, { state: "done", did });
    if (!ended) return;
    await tell(query, scene, run.id, {
      type: "step-done",
      step,
      did: ended.did as Did, // written by this module and `noteDid` only
      durationMs: ended.durationMs,
      ...(says !== undefined && { says }),
    });
  });
  return { is: "done" };
}

/** Parks a step; told once for each reason, not at every look. */
export async function park(
  { rt, run, scene }: Work,
  step: string,
  why: string,
  waitMs: number,
  progress: Progress,
): Promise<Tick> {
  const retryAt = new Date(rt.now() + waitMs).toISOString();
  await rt.db.tx(async (query) => {
    if (await parkStep(query, run.id, step, why, waitMs))
      await tell(query, scene, run.id, { type: "step-waiting", step, why, retryAt });
  });
  return { is: "wait", waitMs, progress };
}
