import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, openHouse } from "./house.ts";
import { failureText } from "./report.ts";
import { round } from "./round.ts";
import { type Schedule, scheduleOf } from "./schedule.ts";

// The long run is the command (docs/chaos.md): these few see to it that it works, and stay the same.
const seeds = [7, 56];

let house: House;
beforeAll(async () => {
  house = await openHouse();
}, 120_000);
afterAll(() => house?.stop());

test.each(seeds)(
  "everything holds after schedule %i",
  async (seed) => {
    const result = await round(house, scheduleOf(seed));
    expect(result.violations, failureText(result, house.crew.log())).toEqual([]);
    expect(result.acts.length).toBeGreaterThan(1);
  },
  600_000,
);

// Both die while they wait for a project that does not come up; their followers' clocks are right.
const aheadMs = 600_000;
const ahead: Schedule = {
  seed: 0,
  clients: [[{ does: "up", afterMs: 0 }]],
  rolloutAtMs: undefined,
  troubles: [
    { atMs: 0, does: "stuck", provider: "supabase", client: 0, forMs: 3_000 },
    ...[0, 1].flatMap((place) => [
      { atMs: 2_000, does: "kill" as const, place },
      { atMs: 2_001, does: "clock" as const, place, shiftMs: 0 },
    ]),
  ],
  shiftsMs: [aheadMs, aheadMs],
};

test("nobody sleeps for the difference between two clocks", async () => {
  const result = await round(house, ahead);
  expect(result.violations, failureText(result, house.crew.log())).toEqual([]);
}, 600_000);

test("a seed decides its schedule wholly", () => {
  expect(scheduleOf(7)).toEqual(scheduleOf(7));
  expect(scheduleOf(8)).not.toEqual(scheduleOf(7));
});
