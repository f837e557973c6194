import type { AnyBlueprint, Step } from "@atoll/core/blueprint";
import { expect, test } from "vitest";
import { removalPlan } from "./removal-plan.ts";

type Shape = [step: string, removal: "own" | "with-parent" | "action", needs: string[]];

function blueprintOf(shapes: Shape[]): AnyBlueprint {
  const steps = shapes.map(([step, removal, needs]) => ({
    step,
    needs,
    ...(removal === "action" ? { does: "action" } : { does: "resource", resource: { removal } }),
  })) as unknown as Step[]; // only what the plan reads
  return { steps } as unknown as AnyBlueprint;
}

const shop = blueprintOf([
  ["project", "own", []],
  ["keys", "with-parent", ["project"]],
  ["schema", "with-parent", ["keys"]],
  ["repository", "own", []],
  ["site", "own", ["schema", "repository"]],
  ["mail", "action", ["site"]],
]);

test("each goes after those that need it, also through what ends with its parent", () => {
  expect(removalPlan(shop, new Set(["project", "keys", "schema", "repository", "site"]))).toEqual([
    { step: "site", does: "remove", after: [] },
    { step: "repository", does: "remove", after: ["site"] },
    { step: "schema", does: "check", after: ["project"] },
    { step: "keys", does: "check", after: ["project"] },
    { step: "project", does: "remove", after: ["site"] },
  ]);
});

test("what lives in something that stays is kept", () => {
  expect(removalPlan(shop, new Set(["keys", "site"]))).toEqual([
    { step: "site", does: "remove", after: [] },
    { step: "keys", does: "keep", after: [] },
  ]);
});

test("a step that the blueprint has no more is not forgotten", () => {
  expect(removalPlan(shop, new Set(["old"]))).toEqual([{ step: "old", does: "remove", after: [] }]);
});
