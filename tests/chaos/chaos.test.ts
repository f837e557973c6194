import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, openHouse } from "./house.ts";
import { failureText } from "./report.ts";
import { round } from "./round.ts";
import { scheduleOf } from "./schedule.ts";

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

test("a seed decides its schedule wholly", () => {
  expect(scheduleOf(7)).toEqual(scheduleOf(7));
  expect(scheduleOf(8)).not.toEqual(scheduleOf(7));
});
