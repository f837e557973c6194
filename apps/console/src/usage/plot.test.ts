import { expect, test } from "vitest";
import { slotsOf, topOf } from "./plot.ts";
import { requestsOf, sizeWords } from "./words.ts";

const nowMs = Date.UTC(2026, 2, 31, 9, 30);
const bucket = (at: string) => ({ at, hours: 1, rest: 3 });

test("a range has all its hours, days or months, and gaps stay gaps", () => {
  const hours = slotsOf("24h", [bucket("2026-03-31T09:00:00.000Z")], nowMs);
  expect([hours.length, hours.at(-1)?.bucket?.rest, hours.at(-2)?.bucket]).toEqual([24, 3, undefined]);
  const days = slotsOf("30d", [bucket("2026-03-02T00:00:00.000Z")], nowMs);
  expect([days.length, days[0]?.bucket?.rest]).toEqual([30, 3]);
  const months = slotsOf("12m", [bucket("2026-02-01T00:00:00.000Z")], nowMs);
  expect(months.map(({ at }) => at.getUTCMonth())).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2]);
  expect(months.at(-2)?.bucket?.rest).toBe(3);
});

test("the top of a plot is a round number that nothing is above", () => {
  expect([0, 1, 3, 18, 60, 200, 2_001].map(topOf)).toEqual([1, 1, 5, 20, 100, 200, 5_000]);
});

test("numbers that nobody counted are no noughts", () => {
  expect(requestsOf({})).toBeUndefined();
  expect(requestsOf({ auth: 0, rest: 2 })).toBe(2);
  expect([undefined, 0, 999, 12_400_000, 3e13].map(sizeWords)).toEqual([
    "–",
    "0 bytes",
    "999 bytes",
    "12.4 MB",
    "30.0 TB",
  ]);
});
