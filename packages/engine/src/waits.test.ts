import { Fault } from "@atoll/core/fault";
import fc from "fast-check";
import { expect, test } from "vitest";
import { faultPause, settlePause, start, waitingFor } from "./waits.ts";

const tired = new Fault("try-again", { what: "Busy.", next: "Nothing." });
const asked = new Fault("try-again", { what: "Busy.", next: "Nothing.", retryInMs: 4_000 });

test("the provider's own wish is obeyed, divided by the time scale", () => {
  expect(faultPause(asked, 5, () => 1, 1)).toBe(4_000);
  expect(faultPause(asked, 5, () => 1, 100)).toBe(40);
});

test("without a wish the pause grows, is never zero and never above half a minute", () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.double({ min: 0, max: 1, noNaN: true }), (waits, chance) => {
      const pause = faultPause(tired, waits, () => chance, 1);
      expect(pause).toBeGreaterThanOrEqual(500);
      expect(pause).toBeLessThanOrEqual(30_000);
    }),
  );
  expect(faultPause(tired, 3, () => 0, 1)).toBeGreaterThan(faultPause(tired, 0, () => 1, 1));
});

test("what takes long is looked at more rarely, never later than 1 % of the time it took", () => {
  expect(settlePause(1_000, 0, 1)).toBe(1_000);
  expect(settlePause(1_000, 60_000, 1)).toBe(1_000);
  expect(settlePause(1_000, 300_000, 1)).toBe(3_000);
  expect(settlePause(0, 0, 1)).toBe(20);
});

test("time in which nobody looked counts for one long pause at most", () => {
  const first = waitingFor("settling", start, 0);
  const anHourLater = waitingFor("settling", first, 3_600_000);
  expect(anHourLater).toMatchObject({ waitedMs: 30_000, waits: 1 });
  expect(waitingFor("trouble", anHourLater, 3_600_001)).toMatchObject({ waitedMs: 0, waits: 0 });
});
