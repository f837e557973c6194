import { criticalPath } from "@atoll/core/critical-path";
import type { StoredEvent } from "@atoll/core/event";
import { duration } from "./paint.ts";

/** What decided how long a run took, from its own events and its blueprint's needs. */
export function pathReport(
  events: readonly StoredEvent[],
  steps: readonly { step: string; needs: readonly string[] }[],
): { text: string; steps: string[]; durationMs: number; sumMs: number } {
  const took = new Map<string, number>();
  for (const event of events) if (event.type === "step-done") took.set(event.step, event.durationMs);
  const path = criticalPath(steps.map((each) => ({ ...each, durationMs: took.get(each.step) ?? 0 })));
  const names = path.steps.map((step) => `${step} ${duration(took.get(step) ?? 0)}`).join(" → ");
  return {
    ...path,
    text: `${names} = ${duration(path.durationMs)} (one after the other: ${duration(path.sumMs)})`,
  };
}
