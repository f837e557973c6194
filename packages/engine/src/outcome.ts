import { DBOS } from "@dbos-inc/dbos-sdk";
import type { Runtime } from "./runtime.ts";

/** How a step's workflow ended, as its siblings learn it. Failure is an outcome too, or they would wait for ever. */
export interface Outcome {
  is: "done" | "failed" | "stopped" | "skipped";
}

const key = "outcome";
const over = new Set(["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]);

/** Tells the siblings how this workflow ended: they are woken by NOTIFY. */
export async function publish(outcome: Outcome): Promise<void> {
  await DBOS.setEvent(key, outcome);
}

/** Longer than a provisioning takes where all is well: each look costs a waiting step three rows of the SDK's. */
const askAfterMs = 300_000;
/**
 * NOTIFY wakes who waits; this finds what was told while a connection was lost. The SDK's own 10 s make two
 * statements each for every waiting step: 5,000 a second with 1,000 runs at once.
 */
const lookEveryMs = 30_000;

// The SDK asks for a status within a transaction and takes a second connection for it: as many at once as its pool holds
// connections waited for one another for ever, and with them every run of the worker.
const asking = atOnce(2);

/**
 * Awaits the outcome of a sibling. Awaiting its result instead would poll once a second: 1.85 times the
 * critical path where this took 1.03. One that ended without a word (a bug, a cancel) counts as failed.
 */
export async function outcomeOf({ timeScale }: Runtime, workflowId: string): Promise<Outcome> {
  const timeoutSeconds = Math.max(1, askAfterMs / timeScale / 1_000);
  const pollingIntervalMs = Math.max(1_000, lookEveryMs / timeScale);
  for (;;) {
    const outcome = await DBOS.getEvent<Outcome>(workflowId, key, { timeoutSeconds, pollingIntervalMs });
    if (outcome !== null) return outcome;
    const status = await asking(() => DBOS.getWorkflowStatus(workflowId));
    if (status !== null && !over.has(status.status)) continue;
    // It may have spoken between the two questions.
    return (await DBOS.getEvent<Outcome>(workflowId, key, { timeoutSeconds: 0.01 })) ?? { is: "failed" };
  }
}

/** Does work of which there is so much at a time, in the order in which it came. */
function atOnce(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let under = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (under >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else under += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift(); // takes over the place
      if (next) next();
      else under -= 1;
    }
  };
}
