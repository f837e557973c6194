import type { Answer } from "@atoll/contract/types";
import type { RunEvent, Step } from "./segments.ts";

/** A run with its steps, as the hub shows it. */
export type RunWithSteps = Answer<"showRun">;

type StepEvent = Exclude<RunEvent, { type: "run" }>;

/** What an event says about its step; what it says nothing about stays. */
function stepAfter(before: Step, event: StepEvent): Step {
  const { why: _why, waitingUntil: _until, fault: _fault, ...step } = before;
  switch (event.type) {
    case "step-started": {
      const { endedAt: _ended, ...rest } = step;
      return { ...rest, state: "running", startedAt: before.startedAt ?? event.at };
    }
    case "step-applying":
      return { ...step, state: "running" };
    case "step-waiting":
      return { ...step, state: "waiting", why: event.why, waitingUntil: event.retryAt };
    case "step-retrying":
      return { ...step, state: "waiting", fault: event.fault, waitingUntil: event.retryAt };
    case "step-done":
      return { ...step, state: "done", did: event.did, endedAt: event.at };
    case "step-failed":
      return { ...step, state: "failed", fault: event.fault, endedAt: event.at };
    case "undo-done":
      return { ...before, undo: event.removed ? "done" : "kept" };
    case "undo-failed":
      return { ...before, undo: "owed", undoFault: event.fault };
  }
}

/**
 * A run after one more event. Events that the answer knows already do no harm as long as all of them are told in
 * their order: the last one of each step counts.
 */
export function advance(run: RunWithSteps, event: RunEvent): RunWithSteps {
  if (event.type === "run") {
    const { fault: _fault, ...rest } = run;
    return { ...rest, state: event.state, ...(event.fault && { fault: event.fault }) };
  }
  return {
    ...run,
    steps: run.steps.map((step) => (step.step === event.step ? stepAfter(step, event) : step)),
  };
}
