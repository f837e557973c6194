import { expect, test } from "vitest";
import { type AskerEvent, advance, nothingYet, plainly } from "./progress.ts";

const head = { seq: 1, runId: "r1", at: "2026-11-21T12:00:00.000Z" };
const fault = { kind: "try-again", what: "x", next: "y" } as const;
const started = (step: string, kind: string, runId = "r1"): AskerEvent => ({
  ...head,
  runId,
  type: "step-started",
  step,
  kind,
  name: "",
});
const done = (step: string, did = "created"): AskerEvent => ({
  ...head,
  type: "step-done",
  step,
  did,
  durationMs: 1,
});
const after = (...events: AskerEvent[]) => plainly(events.reduce(advance, nothingYet));

test("steps that overlap are both under way, and then done", () => {
  const both = [started("project", "supabase.project"), started("repository", "github.repository")];
  expect(after(...both).now).toEqual(["supabase.project", "github.repository"]);
  const { now, done: finished, doneCount } = after(...both, done("project"));
  expect({ now, finished, doneCount }).toEqual({
    now: ["github.repository"],
    finished: ["supabase.project"],
    doneCount: 1,
  });
});

test("a kind is done only when none of it is under way", () => {
  const two = [started("crm", "n8n.workflow"), started("email", "n8n.workflow"), done("crm")];
  expect(after(...two)).toMatchObject({ now: ["n8n.workflow"], done: [], doneCount: 1 });
  expect(after(...two, done("email"))).toMatchObject({ now: [], done: ["n8n.workflow"], doneCount: 2 });
});

test("a step that was skipped counts, and nothing is said of it", () => {
  expect(after(done("social", "skipped"))).toMatchObject({ doneCount: 1, done: [], now: [] });
});

test("a step that is tried again says so until it goes on", () => {
  const retrying: AskerEvent = { ...head, type: "step-retrying", step: "project", fault, retryAt: head.at };
  expect(after(started("project", "supabase.project"), retrying).retrying).toBe(true);
  expect(after(started("project", "supabase.project"), retrying, done("project")).retrying).toBe(false);
});

test("what was undone is no longer said to be done", () => {
  const undone: AskerEvent = { ...head, type: "undo-done", step: "project", removed: true };
  const undoing: AskerEvent = { ...head, type: "run", state: "undoing", kind: "provision" };
  expect(after(started("project", "supabase.project"), done("project"), undoing, undone)).toEqual({
    doneCount: 0,
    now: [],
    done: [],
    retrying: false,
    undoing: true,
  });
});

test("another run begins afresh; the same event twice changes nothing", () => {
  const first = [started("project", "supabase.project"), done("project"), done("project")];
  expect(after(...first).doneCount).toBe(1);
  expect(after(...first, started("repository", "github.repository", "r2"))).toMatchObject({
    doneCount: 0,
    now: ["github.repository"],
  });
});
