import { expect, test } from "vitest";
import { spreadOf } from "./figures.ts";

test("a spread is read at the nearest rank, whatever the order", () => {
  const times = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(spreadOf(times)).toEqual({ count: 100, p50: 50, p95: 95, p99: 99, max: 100 });
  expect(spreadOf([7])).toEqual({ count: 1, p50: 7, p95: 7, p99: 7, max: 7 });
});

test("a spread of nothing is no figure that could meet a target", () => {
  expect(spreadOf([]).p95 <= 1_000).toBe(false);
});
