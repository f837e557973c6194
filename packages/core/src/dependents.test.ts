import { expect, test } from "vitest";
import { withDependents } from "./dependents.ts";

const steps = [
  { step: "project", needs: [] },
  { step: "environment", needs: ["project"] },
  { step: "site", needs: ["environment"] },
  { step: "workflow", needs: ["project"] },
];

test("what needs a chosen step follows it, however far; what it needs does not", () => {
  expect([...withDependents(steps, ["environment"])]).toEqual(["environment", "site"]);
  expect([...withDependents(steps, ["workflow"])]).toEqual(["workflow"]);
  expect(withDependents(steps, ["project"]).size).toBe(4);
  expect(withDependents(steps, ["nothing"]).size).toBe(0);
});
