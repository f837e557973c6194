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
