import { expect, test } from "vitest";
import { reasonOfBackup, reasonOfRestore } from "./words.ts";

test("a button says why it is off", () => {
  expect(reasonOfBackup("live", "operator")).toBeUndefined();
  expect(reasonOfBackup("removed", "operator")).toContain("It is removed");
  expect(reasonOfBackup("live", "viewer")).toContain("role operator");
  expect(reasonOfRestore({ state: "verified" }, "paused", "operator")).toBeUndefined();
  expect(reasonOfRestore({ state: "damaged" }, "live", "operator")).toContain("damaged");
  expect(reasonOfRestore({ state: "verified" }, "removed", "operator")).toContain("as a new one");
  expect(reasonOfRestore({ state: "verified" }, undefined, "viewer")).toContain("role operator");
});
