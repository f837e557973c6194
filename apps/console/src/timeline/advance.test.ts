import { expect, test } from "vitest";
import { advance, type RunWithSteps } from "./advance.ts";
import type { RunEvent } from "./segments.ts";

const at = "2026-11-21T12:00:00.000Z";
const later = "2026-11-21T12:00:05.000Z";
const head = { seq: 1, runId: "r-1", at };
const fault = { kind: "try-again", what: "Too many calls.", next: "Wait." } as const;
const run: RunWithSteps = {
  id: "r-1",
  instance: "toko",
  environment: "production",
  lacksWorker: false,
  number: 1,
  kind: "provision",
  state: "running",
  by: "a",
  attempt: 1,
  createdAt: at,
  owed: [],
  steps: [
    { step: "project", kind: "k", name: "toko", state: "pending", needs: [] },
    { step: "schema", kind: "k", name: "toko", state: "pending", needs: ["project"] },
  ],
};
const after = (...events: RunEvent[]) => events.reduce(advance, run);
const project = (...events: RunEvent[]) => after(...events).steps[0];

test("a step starts, waits with a reason and a time, and ends; the others stay", () => {
  const started: RunEvent = { ...head, type: "step-started", step: "project", kind: "k", name: "toko" };
  expect(project(started)).toMatchObject({ state: "running", startedAt: at });
  const waits: RunEvent = {
    ...head,
    type: "step-waiting",
    step: "project",
    why: "coming up",
    retryAt: later,
  };
  expect(project(started, waits)).toMatchObject({ state: "waiting", why: "coming up", waitingUntil: later });
  const done: RunEvent = {
    ...head,
    at: later,
    type: "step-done",
    step: "project",
    did: "created",
    durationMs: 5,
  };
  const ended = after(started, waits, done);
  expect(ended.steps[0]).toEqual({
    step: "project",
    kind: "k",
    name: "toko",
    needs: [],
    state: "done",
    did: "created",
    startedAt: at,
    endedAt: later,
  });
  expect(ended.steps[1]).toBe(run.steps[1]);
});

test("a retry shows the fault until the next try; undo leaves the step's own end alone", () => {
  const retrying: RunEvent = { ...head, type: "step-retrying", step: "project", fault, retryAt: later };
  expect(project(retrying)).toMatchObject({ state: "waiting", fault, waitingUntil: later });
  const applying: RunEvent = { ...head, type: "step-applying", step: "project", changes: [] };
  expect(project(retrying, applying)).not.toHaveProperty("fault");
  const failed: RunEvent = { ...head, type: "step-failed", step: "project", fault, durationMs: 1 };
  const owed: RunEvent = { ...head, type: "undo-failed", step: "project", fault };
  expect(project(failed, owed)).toMatchObject({ state: "failed", fault, undo: "owed", undoFault: fault });
  expect(project(failed, { ...head, type: "undo-done", step: "project", removed: true })).toMatchObject({
    undo: "done",
  });
});

test("the run's own state and fault follow, and a new attempt forgets the old fault", () => {
  const failed = after({ ...head, type: "run", state: "failed", kind: "provision", fault });
  expect(failed).toMatchObject({ state: "failed", fault });
  expect(advance(failed, { ...head, type: "run", state: "queued", kind: "provision" })).not.toHaveProperty(
    "fault",
  );
});
