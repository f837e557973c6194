import fc from "fast-check";
import { expect, test } from "vitest";
import { mayFail, nextMove, planWaves, type WaveCounts } from "./rollout.ts";

const counts = (wave: number, more: Partial<WaveCounts> = {}): WaveCounts => ({
  wave,
  pending: 0,
  running: 0,
  waiting: 0,
  done: 0,
  failed: 0,
  leftBehind: 0,
  ...more,
});
const standing = { mayFail: 2, approve: false, approvedWave: 0 };

test("waves go on to their shares of all, canaries among them", () => {
  const others = Array.from({ length: 99 }, (_, n) => n);
  expect(planWaves(["c"], others.map(String), [10, 50, 100]).map((each) => each.length)).toEqual([
    1, 9, 40, 50,
  ]);
  expect(planWaves([], ["a"], [10, 50, 100])).toEqual([["a"]]);
});

test("every database is in one wave, whatever the shares", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(), { maxLength: 200 }),
      fc.array(fc.nat(), { maxLength: 5 }),
      fc.array(fc.double({ min: 0.1, max: 100, noNaN: true }), { minLength: 1, maxLength: 6 }),
      (others, canaries, percents) => {
        const waves = planWaves(canaries, others, percents);
        expect(waves.flat()).toEqual([...canaries, ...others]);
        expect(waves.every((each) => each.length > 0)).toBe(true);
      },
    ),
  );
});

test("a canary that fails stops everything, whatever the budget", () => {
  expect(
    nextMove({ ...standing, mayFail: 99, waves: [counts(0, { failed: 1 }), counts(1, { pending: 5 })] }).is,
  ).toBe("stop");
});

test("a canary that was left behind proves nothing: nothing behind it is begun", () => {
  const waves = [counts(0, { leftBehind: 1 }), counts(1, { pending: 5 })];
  expect(nextMove({ ...standing, waves })).toMatchObject({
    is: "stop",
    why: expect.stringContaining("left behind"),
  });
  expect(
    nextMove({ ...standing, waves: [counts(0, { leftBehind: 1, done: 1 }), counts(1, { pending: 5 })] }),
  ).toEqual({
    is: "work",
    wave: 1,
  });
});

test("the budget allows so many, and one more stops", () => {
  expect(mayFail(1000, 2)).toBe(20);
  const waves = (failed: number) => [counts(0, { done: 1 }), counts(1, { failed, pending: 5 })];
  expect(nextMove({ ...standing, waves: waves(2) })).toEqual({ is: "work", wave: 1 });
  expect(nextMove({ ...standing, waves: waves(3) })).toMatchObject({
    is: "stop",
    why: expect.stringContaining("3 "),
  });
});

test("between waves a person is asked where that is wished, and not before the first", () => {
  const waves = [counts(0, { done: 1 }), counts(1, { pending: 5 }), counts(2, { pending: 5 })];
  expect(nextMove({ ...standing, approve: true, waves })).toEqual({ is: "approve", wave: 1 });
  expect(nextMove({ ...standing, approve: true, approvedWave: 1, waves })).toEqual({ is: "work", wave: 1 });
  expect(
    nextMove({ ...standing, approve: true, waves: [counts(0, { pending: 1 }), ...waves.slice(1)] }),
  ).toEqual({
    is: "work",
    wave: 0,
  });
});

test("it ends finished, or failed where something failed within the budget, and says what was left behind", () => {
  expect(nextMove({ ...standing, waves: [counts(0, { done: 1 })] })).toEqual({
    is: "end",
    state: "finished",
  });
  expect(nextMove({ ...standing, waves: [counts(1, { done: 1, failed: 1 })] })).toMatchObject({
    state: "failed",
  });
  expect(nextMove({ ...standing, waves: [counts(1, { done: 1, leftBehind: 2 })] })).toMatchObject({
    state: "finished",
    why: "2 databases were left behind.",
  });
});
