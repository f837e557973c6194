import type { InstanceSchema } from "@atoll/contract/schemas/fleet";
import { expect, test } from "vitest";
import { pendingOf, reasonAgainst, slugsIn } from "./plan.ts";

const finding = (migration: string, severity: "error" | "warning" = "error") => ({
  rule: "table-without-rls",
  migration,
  line: 3,
  severity,
  what: "It is open.",
  next: "Close it.",
});
const behind: InstanceSchema = {
  instance: "toko-a",
  environment: "local",
  blueprint: "shop",
  state: "live",
  version: 4,
  newest: 5,
  pending: ["0005_points"],
  drift: [],
};
const rehearsal = { blueprint: "shop", ok: true, steps: [] };
const sound = { behind: 1, percents: [100], findings: [], rehearsal, rehearsalFailed: false };

test("only findings about what is still pending somewhere count", () => {
  expect(pendingOf([finding("0001_tables"), finding("0005_points")], [behind])).toEqual([
    finding("0005_points"),
  ]);
});

test("a rollout begins when all was looked at and nothing stands against it", () => {
  expect(reasonAgainst(sound)).toBeUndefined();
  expect(reasonAgainst({ ...sound, findings: [finding("0005_points", "warning")] })).toBeUndefined();
  expect(reasonAgainst({ ...sound, findings: [finding("0005_points")] })).toContain("error");
  expect(reasonAgainst({ ...sound, rehearsal: { ...rehearsal, ok: false } })).toContain("rehearsal failed");
  expect(reasonAgainst({ ...sound, rehearsal: undefined })).toContain("comes first");
  expect(reasonAgainst({ ...sound, behind: 0 })).toContain("No instance");
  expect(reasonAgainst({ ...sound, percents: undefined })).toContain("waves");
});

test("slugs are read as people write them", () => {
  expect(slugsIn(" toko-a, toko-b ")).toEqual(["toko-a", "toko-b"]);
  expect(slugsIn(" , ")).toBeUndefined();
});
