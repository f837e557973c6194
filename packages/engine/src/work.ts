import type { RunRow } from "./journal/runs.ts";
import type { Runtime } from "./runtime.ts";
import type { Scene } from "./scene.ts";
import type { Progress } from "./waits.ts";

/** What a tick works with: one step of one run, and all that the journal knows about its instance. */
export interface Work {
  rt: Runtime;
  run: RunRow;
  scene: Scene;
  progress: Progress;
}

/** Does a piece of work in the name of its instance and run. */
export function inItsName<T>({ rt, run, scene }: Work, work: () => Promise<T>): Promise<T> {
  const { kind, asked_by: askedBy } = run;
  const stillOurs = () => rt.stillOurs();
  return rt.onBehalf({ instance: scene.row.id, run: { kind, askedBy }, stillOurs }, work);
}
