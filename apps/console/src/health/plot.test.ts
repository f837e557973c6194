import { expect, test } from "vitest";
import { type Bucket, barsOf, linesOf, toneOf, topOf } from "./plot.ts";
import { percent } from "./words.ts";

const nowMs = Date.parse("2026-11-30T12:00:00Z");
const at = (minutesAgo: number, count: number, ok: number, p50Ms?: number): Bucket => ({
  at: new Date(nowMs - minutesAgo * 60_000).toISOString(),
  count,
  ok,
  ...(p50Ms !== undefined && { p50Ms }),
});

test("buckets are put together, and gaps stay gaps", () => {
  const bars = barsOf([at(55, 10, 10), at(50, 10, 5), at(5, 4, 4)], {
    bars: 4,
    spanMs: 3_600_000,
    nowMs,
  });
  expect(bars.map(({ count, share }) => [count, share])).toEqual([
    [20, 0.75],
    [0, undefined],
    [0, undefined],
    [4, 1],
  ]);
  expect(bars.map(toneOf)).toEqual(["bad", "none", "none", "good"]);
});

test("a single failure is no good bar", () => {
  expect(toneOf({ fromMs: 0, toMs: 1, count: 1_000, share: 0.999 })).toBe("wait");
});

test("a line breaks where nobody looked", () => {
  const box = {
    width: 100,
    height: 50,
    topMs: 100,
    fromMs: nowMs - 3_600_000,
    toMs: nowMs,
    bucketMs: 300_000,
  };
  const path = linesOf([at(60, 1, 1, 50), at(55, 1, 1, 100), at(0, 1, 1, 500)], ({ p50Ms }) => p50Ms, box);
  expect(path).toBe("M0.0 25.0L8.3 0.0M100.0 0.0");
  expect(linesOf([at(5, 1, 0)], ({ p50Ms }) => p50Ms, box)).toBe("");
});

test("the top of a plot is a round number", () => {
  expect([7, 130, 1_000, 1_001, 90_000].map(topOf)).toEqual([10, 200, 1_000, 2_000, 90_000]);
});

test("a share is never rounded up to everything", () => {
  expect([1, 0.99999, 0.5, undefined].map(percent)).toEqual(["100 %", "99.99 %", "50.00 %", "–"]);
});
