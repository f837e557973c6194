import { expect, test } from "vitest";
import { hasFailed, markdownOf, type Report, verdict } from "./report.ts";

const report = (changes: Partial<Report> = {}): Report => ({
  blueprint: "bakery",
  ok: true,
  seed: 1,
  durationMs: 1_000,
  off: [],
  steps: [{ step: "oven", kind: "test.oven", laws: { made: { result: "ok" } } }],
  laws: [{ law: "made", result: "ok", durationMs: 1_000, what: [] }],
  ...changes,
});
const withLaw = (result: Report["laws"][number]["result"]): Report["laws"] => [
  ...report().laws,
  { law: "lost", result, durationMs: 0, what: [] },
];

test("a blueprint holds when every law was tried and held", () => {
  expect(verdict(report())).toBe("bakery holds.");
  expect(markdownOf(report())).toContain("# Rehearsal of bakery: ok");
});

test("a law for which nothing could be tried is neither ok nor failed", () => {
  const untried = report({ ok: false, laws: withLaw("not tried") });
  expect(hasFailed(untried)).toBe(false);
  expect(verdict(untried)).toBe("bakery is not proven to hold: nothing could be tried for lost.");
  expect(markdownOf(untried)).toMatch(
    /# Rehearsal of bakery: not proven[\s\S]*- lost: .*\(not tried, 0\.0 s\)/,
  );
  const failed = report({ ok: false, laws: withLaw("failed") });
  expect(verdict(failed)).toBe("bakery does not hold.");
});

test("steps that the answers switch off are named", () => {
  const partly = report({ off: ["cellar", "tower"] });
  expect(verdict(partly)).toMatch(
    /^bakery holds, but not all of it was tried\. .*switch them off: cellar, tower\.$/,
  );
  expect(markdownOf(partly)).toContain("cellar, tower");
  expect(verdict(report({ off: ["cellar"], only: "oven" }))).toBe("bakery, step oven, holds.");
});
