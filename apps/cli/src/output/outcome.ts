import type { StoredEvent } from "@atoll/core/event";

/** What a command tells while it goes on: the run's own events, and remarks about what the CLI itself does. */
export type Progress = StoredEvent | { type: "remark"; text: string };

/** What a command ends with. `result` is what `--json` prints; `text` is the same for people. */
export interface Outcome {
  result: object;
  text: string;
  exitCode: number;
}

/** A command's work: it never prints and never exits; it yields progress and returns its outcome. */
export type Handler = AsyncGenerator<Progress, Outcome>;
