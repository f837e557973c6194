import { type DriftPolicy, driftAreas } from "@atoll/contract/schemas/drift";
import { expect, test } from "vitest";
import { policyOf } from "./areas.ts";

test("nothing that may hold a client's data is ever repaired by itself, whatever is written down", () => {
  const all = Object.fromEntries(driftAreas.map((area) => [area, "repair"]));
  const policy: DriftPolicy = { areas: all, repairsADay: 24 };
  const repaired = driftAreas.filter((area) => policyOf(policy, area) === "repair");
  expect(repaired).toEqual(["repository", "site", "environment", "auth", "automations"]);
  expect(driftAreas.map((area) => policyOf(undefined, area))).not.toContain("repair");
});
