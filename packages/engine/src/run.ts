import { DBOS } from "@dbos-inc/dbos-sdk";
import { rethrowControl } from "./control.ts";
import type { StepInput } from "./ensure.ts";
import { outcomeOf } from "./outcome.ts";
import { journalStep } from "./reached.ts";
import { removeAll, type StartRemoval } from "./removal.ts";
import { longestAtOnceMs, rest } from "./rest.ts";
import { beginDestroy, beginRun, beginUndo } from "./run-begin.ts";
import { endDestroy, endRun, endUndo, failRun } from "./run-end.ts";
import type { Runtime } from "./runtime.ts";

/** A run or an undo as its workflow gets it. Ids only: what is secret stays in the journal. */
export interface RunInput {
  runId: string;
  /** This attempt's own workflow id, the stem of its steps' ids. */
  workflowId: string;
}

/** Starts the workflows of single steps; handed in, since the SDK registers them all at one place. */
export interface Starts {
  step(workflowId: string, input: StepInput): Promise<void>;
  removal: StartRemoval;
}

/**
 * One attempt at a run, from the first to the last line of what happens. All steps start at once, in the
 * blueprint's order, and each waits for what it needs: the critical path decides, not the sum.
 */
export async function runWorkflow(
  rt: Runtime,
  starts: Starts,
  { runId, workflowId }: RunInput,
): Promise<void> {
  const idOf = (step: string) => `${workflowId}/${step}`;
  try {
    let begun = await journalStep(rt, "begin", () => beginRun(rt, runId));
    while (begun.is === "later") {
      // Nobody sends anything: it is a sleep that ends with its run or its process. A timer of an hour would keep a
      // command alive that has said all it had to say.
      if (begun.inMs > longestAtOnceMs) await DBOS.recv("cooling-off", begun.inMs / 1000);
      else await rest(rt, begun.inMs);
      begun = await journalStep(rt, "begin", () => beginRun(rt, runId));
    }
    if (begun.is === "over") return;
    if (begun.is === "destroy") {
      const items = await journalStep(rt, "list", () => beginDestroy(rt, runId));
      await removeAll(rt, starts.removal, workflowId, runId, items);
      await journalStep(rt, "end", () => endDestroy(rt, runId));
      return;
    }
    for (const { step, needs } of begun.steps)
      await starts.step(idOf(step), { runId, step, needs: needs.map(idOf) });
    for (const { step } of begun.steps) await outcomeOf(rt, idOf(step));
    const next = await journalStep(rt, "end", () => endRun(rt, runId));
    if (next === "undoing") await rt.pause("undo-registered", { runId, step: "" });
  } catch (error) {
    rethrowControl(error);
    await journalStep(rt, "fail", () => failRun(rt, runId, error));
  }
}

/** Removes what a run created, and nothing else. A workflow of its own: in a cancelled one nothing runs any more. */
export async function undoWorkflow(
  rt: Runtime,
  starts: Starts,
  { runId, workflowId }: RunInput,
): Promise<void> {
  try {
    const items = await journalStep(rt, "list", () => beginUndo(rt, runId));
    await removeAll(rt, starts.removal, workflowId, runId, items);
    await journalStep(rt, "end", () => endUndo(rt, runId));
  } catch (error) {
    rethrowControl(error);
    await journalStep(rt, "fail", () => failRun(rt, runId, error));
  }
}
