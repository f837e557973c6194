import type { Change } from "./change.ts";
import type { FaultKind } from "./fault.ts";
import type { RunKind, RunState } from "./states.ts";

/** A fault as it is stored and shown: never holds a secret. */
export interface FaultReport {
  kind: FaultKind;
  what: string;
  next: string;
  field?: string;
  call?: string;
}

/** What a run tells while it goes on. Terminal, NDJSON, SSE and console render these same events. */
export type RunEvent =
  | { type: "run"; state: RunState; kind: RunKind; fault?: FaultReport }
  | { type: "step-started"; step: string; kind: string; name: string }
  | { type: "step-waiting"; step: string; why: string; retryAt: string }
  | { type: "step-applying"; step: string; changes: Change[] }
  | { type: "step-retrying"; step: string; fault: FaultReport; retryAt: string }
  | {
      type: "step-done";
      step: string;
      did: "created" | "updated" | "kept" | "sent" | "removed" | "skipped";
      durationMs: number;
      /** What a person should know of it, a clause. */
      says?: string;
    }
  | { type: "step-failed"; step: string; fault: FaultReport; durationMs: number }
  /** `remains` = a client brought it: it was given back, and this stays in it. */
  | { type: "undo-done"; step: string; removed: boolean; remains?: string }
  | { type: "undo-failed"; step: string; fault: FaultReport };

/** An event with its place in the run's story. `seq` grows by order of commit within one run. */
export type StoredEvent = RunEvent & { seq: number; runId: string; at: string };
