import { roles } from "@atoll/contract/schemas/account";
import { rolloutStates } from "@atoll/contract/schemas/fleet";
import {
  type InstanceState,
  instanceMoves,
  mayMove,
  type RequestState,
  type RunState,
  requestMoves,
  runMoves,
} from "@atoll/core/states";
import { expect, test } from "vitest";
import { reasonOfInstance, reasonOfRequest, reasonOfRole, reasonOfRollout, reasonOfRun } from "./reasons.ts";

const keys = <K extends string>(table: Record<K, unknown>) => Object.keys(table) as K[];

test("a role that is too low is named together with the one that is needed", () => {
  expect(reasonOfRole("viewer", "operator")).toBe("Needs the role operator; yours is viewer.");
  for (const role of roles) expect(reasonOfRole(role, "viewer")).toBeUndefined();
});

test("no button is open whose move the table forbids", () => {
  const aims = { approve: "approved", reject: "rejected", retry: "approved", withdraw: "withdrawn" } as const;
  for (const state of keys<RequestState>(requestMoves))
    for (const act of keys(aims))
      if (reasonOfRequest(act, state, "owner") === undefined)
        expect(mayMove(requestMoves, state, aims[act]), `${act} from ${state}`).toBe(true);
  for (const state of keys<InstanceState>(instanceMoves)) {
    const open = reasonOfInstance("destroy", state, "operator") === undefined;
    expect(open, state).toBe(state !== "removing" && mayMove(instanceMoves, state, "removing"));
  }
});

test("an instance is paused while it goes on, resumed while it stands still, and removed from anywhere", () => {
  const open = (act: Parameters<typeof reasonOfInstance>[0]) =>
    keys<InstanceState>(instanceMoves).filter(
      (state) => reasonOfInstance(act, state, "operator") === undefined,
    );
  expect(open("pause")).toEqual(["live", "failed"]);
  expect(open("resume")).toEqual(["paused", "failed"]);
  expect(open("archive")).toEqual(["live", "paused", "failed"]);
  expect(open("repair")).toEqual(["live", "archived", "failed"]);
  expect(reasonOfInstance("resume", "live", "owner")).toBe("It is live: this starts from paused, failed.");
  expect(reasonOfInstance("pause", "live", "viewer")).toContain("Needs the role operator");
});

test("a pending request is approved, a failed one retried, and not the other way round", () => {
  expect(reasonOfRequest("approve", "pending", "operator")).toBeUndefined();
  expect(reasonOfRequest("retry", "pending", "operator")).toContain("only a failed request");
  expect(reasonOfRequest("retry", "failed", "operator")).toBeUndefined();
  expect(reasonOfRequest("approve", "failed", "operator")).toContain("It is failed");
  expect(reasonOfRequest("approve", "pending", "viewer")).toContain("Needs the role operator");
});

test("a run is cancelled while it goes on, and retried after it failed", () => {
  const run = (state: RunState, owed: unknown[] = []) => ({ kind: "provision" as const, state, owed });
  const open = (act: "cancel" | "retry") =>
    keys<RunState>(runMoves).filter((state) => reasonOfRun(act, run(state), "operator") === undefined);
  expect(open("cancel")).toEqual(["queued", "running", "waiting"]);
  expect(open("retry")).toEqual(["failed", "cancelled"]);
  expect(reasonOfRun("retryUndo", run("failed"), "operator")).toBe("Nothing is left to undo.");
  expect(reasonOfRun("retryUndo", run("failed", [{}]), "operator")).toBeUndefined();
  expect(reasonOfRun("retryUndo", { ...run("failed", [{}]), kind: "destroy" }, "owner")).toContain("removal");
});

test("a rollout is held while it goes on, and resumed where something is left to do", () => {
  const counts = { pending: 0, running: 0, waiting: 0, done: 3, failed: 0, leftBehind: 0 };
  const open = (act: "pause" | "stop" | "approve" | "resume", more = counts) =>
    rolloutStates.filter((state) => reasonOfRollout(act, { state, counts: more }, "operator") === undefined);
  expect(open("pause")).toEqual(["queued", "running", "awaiting-approval"]);
  expect(open("stop")).toEqual(["queued", "running", "awaiting-approval", "paused"]);
  expect(open("approve")).toEqual(["awaiting-approval"]);
  expect(open("resume")).toEqual(["paused", "stopped", "failed"]);
  expect(open("resume", { ...counts, leftBehind: 1 })).toContain("finished");
  expect(reasonOfRollout("pause", { state: "running", counts }, "viewer")).toContain(
    "Needs the role operator",
  );
  expect(reasonOfRollout("resume", { state: "running", counts }, "owner")).toContain("It is running");
});
