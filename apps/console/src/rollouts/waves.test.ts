import { expect, test } from "vitest";
import { percentsOf, waveBars, waveSizes } from "./waves.ts";

test("each wave says what became of its databases; the one under way is marked while the rollout is open", () => {
  const rollout = {
    state: "running" as const,
    wave: 1,
    waves: [
      { wave: 0, targets: 1, done: 1, failed: 0 },
      { wave: 1, targets: 8, done: 4, failed: 2 },
      { wave: 2, targets: 3, done: 0, failed: 0 },
    ],
  };
  expect(waveBars(rollout)).toEqual([
    { wave: 0, name: "Canary", words: "1 of 1 done", donePercent: 100, failedPercent: 0, isNow: false },
    {
      wave: 1,
      name: "Wave 1",
      words: "4 of 8 done, 2 failed",
      donePercent: 50,
      failedPercent: 25,
      isNow: true,
    },
    { wave: 2, name: "Wave 2", words: "0 of 3 done", donePercent: 0, failedPercent: 0, isNow: false },
  ]);
  expect(waveBars({ ...rollout, state: "stopped" }).some(({ isNow }) => isNow)).toBe(false);
});

test("the waves take everything once, the canary counted in their percentages", () => {
  expect(waveSizes(100, 1, [10, 50, 100])).toEqual([1, 9, 40, 50]);
  expect(waveSizes(100, 1, [50, 10])).toEqual([1, 9, 40, 50]);
  expect(waveSizes(3, 1, [10, 50, 100])).toEqual([1, 1, 1]);
  expect(waveSizes(2, 3, [10])).toEqual([2]);
  expect(waveSizes(1, 0, [10, 50, 100])).toEqual([1]);
});

test("percentages are read as people write them, or refused", () => {
  expect(percentsOf("10, 50,100")).toEqual([10, 50, 100]);
  expect(percentsOf("10 % 50% 100")).toEqual([10, 50, 100]);
  expect([percentsOf(""), percentsOf("ten"), percentsOf("0,50"), percentsOf("101")]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
