import { expect, test } from "vitest";
import { reasonOfBackup, reasonOfRemoval, reasonOfRestore, reasonOfTakeBack } from "./words.ts";

test("a button says why it is off", () => {
  expect(reasonOfBackup("live", "operator")).toBeUndefined();
  expect(reasonOfBackup("removed", "operator")).toContain("It is removed");
  expect(reasonOfBackup("live", "viewer")).toContain("role operator");
  expect(reasonOfRestore({ state: "verified" }, "paused", "operator")).toBeUndefined();
  expect(reasonOfRestore({ state: "damaged" }, "live", "operator")).toContain("damaged");
  expect(reasonOfRestore({ state: "verified" }, "removed", "operator")).toContain("as a new one");
  expect(reasonOfRestore({ state: "verified" }, undefined, "viewer")).toContain("role operator");
  expect(reasonOfRemoval({ state: "damaged" }, "owner")).toBeUndefined();
  expect(reasonOfRemoval({ state: "verified" }, "operator")).toContain("role owner");
  expect(reasonOfTakeBack(true, "live", "operator")).toBeUndefined();
  expect(reasonOfTakeBack(false, "live", "operator")).toContain("cannot be restored");
  expect(reasonOfTakeBack(true, "archived", "operator")).toContain("no project");
  expect(reasonOfRemoval({ state: "making" }, "owner")).toContain("cancel its run");
});
