import { expect, test } from "vitest";
import { ago, lasting } from "./time.ts";

const now = Date.parse("2026-11-21T12:00:00Z");
const before = (seconds: number) => ago(new Date(now - seconds * 1000).toISOString(), now);

test("times are said in few words", () => {
  expect([3, 60, 7_200, 86_400, 3 * 86_400].map(before)).toEqual([
    "just now",
    "1 min. ago",
    "2 hr. ago",
    "yesterday",
    "3 days ago",
  ]);
  expect(before(30 * 86_400)).toBe("Oct 22, 2026");
  expect(before(-300)).toBe("in 5 min.");
});

test("lengths of time keep two units at most", () => {
  expect([400, 12_300, 60_000, 200_000, 7_500_000, 300_000_000].map(lasting)).toEqual([
    "0.4 s",
    "12 s",
    "1 min",
    "3 min 20 s",
    "2 h 5 min",
    "3 d",
  ]);
});
