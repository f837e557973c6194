import type { Answer } from "@atoll/contract/types";

/** One thing that happens in an asker's run. */
export type AskerEvent = Answer<"followPublicRequest">;

interface Step {
  kind: string;
  state: "running" | "retrying" | "done" | "failed";
}

/** What is known of a run from its events. */
export interface Progress {
  run: string | undefined;
  state: Extract<AskerEvent, { type: "run" }>["state"] | undefined;
  steps: Readonly<Record<string, Step>>;
}

/** Before the first event. */
export const nothingYet: Progress = { run: undefined, state: undefined, steps: {} };

const after = {
  "step-waiting": "running",
  "step-applying": "running",
  "step-retrying": "retrying",
  "step-done": "done",
  "step-failed": "failed",
} as const;

/** A run's progress after one more event. Another run begins afresh. */
export function advance(before: Progress, event: AskerEvent): Progress {
  const known = before.run === event.runId ? before : { ...nothingYet, run: event.runId };
  if (event.type === "run") return { ...known, state: event.state };
  const { [event.step]: step, ...others } = known.steps;
  if (event.type === "undo-done") return { ...known, steps: others };
  if (event.type === "undo-failed") return known;
  const next: Step =
    event.type === "step-started"
      ? { kind: event.kind, state: "running" }
      : { kind: step?.kind ?? "", state: after[event.type] };
  return { ...known, steps: { ...known.steps, [event.step]: next } };
}

/** A run in the words of its asker: each kind of step once, "done" only when none of it is under way. */
export function plainly({ state, steps }: Progress): {
  doneCount: number;
  now: string[];
  done: string[];
  retrying: boolean;
  undoing: boolean;
} {
  const all = Object.values(steps);
  const kinds = (list: Step[]) => [...new Set(list.map(({ kind }) => kind))];
  const now = kinds(all.filter((step) => step.state === "running" || step.state === "retrying"));
  // A step that was skipped never started, so it has no kind, and there is nothing to say of it.
  const done = kinds(all.filter((step) => step.state === "done" && step.kind !== ""));
  return {
    doneCount: all.filter((step) => step.state === "done").length,
    now,
    done: done.filter((kind) => !now.includes(kind)),
    retrying: all.some((step) => step.state === "retrying"),
    undoing: state === "undoing",
  };
}
