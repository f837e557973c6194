import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, openHouse } from "./house.ts";
import { failureText } from "./report.ts";
import { round } from "./round.ts";
import type { Schedule } from "./schedule.ts";

let house: House;
beforeAll(async () => {
  house = await openHouse();
}, 180_000);
afterAll(() => house?.stop());

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
