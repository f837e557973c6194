import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { random, seedOf } from "../support/seed.ts";
import { type House, openHouse } from "./house.ts";
import { violationsOf } from "./invariants.ts";
import { lookAt } from "./look.ts";
import { actOn } from "./play.ts";

const clients = 50;
const deaths = 20;
const seed = seedOf("ATOLL_CHAOS_SEED");

let house: House;
beforeAll(async () => {
  house = await openHouse();
}, 180_000);
afterAll(() => house?.stop());

test(`the hub's Postgres is killed ${deaths} times during ${clients} provisionings, and all end well`, async () => {
  console.log(`seed ${seed}: repeat with ATOLL_CHAOS_SEED=${seed}`);
  const draw = random(seed);
  const slugs = Array.from({ length: clients }, (_, index) => `cut-${index}`);
  let left = [...slugs];
  const ends: Awaited<ReturnType<typeof actOn>>[] = [];
  // Five at once, so that each of the twenty meets some that are under way.
  const working = Array.from({ length: 5 }, async () => {
    for (;;) {
      const [slug, ...others] = left;
      if (slug === undefined) return;
      left = others;
      ends.push(await actOn(house, slug, { does: "up", afterMs: 0 }, 0));
    }
  });
  for (let death = 0; death < deaths; death++) {
    // Spread over all of them: the next one when so many more have ended, or after a while.
    const due = Math.floor((death * clients) / (deaths + 1));
    for (let waits = 0; ends.length < due && waits < 200; waits++) await sleep(50);
    await sleep(300 + draw() * 1_500);
    await house.killPostgres(draw() * 400);
  }
  await Promise.all(working);
  expect(house.postgresDeaths()).toBe(deaths);
  const rest = { slugs, acts: ends, isReleased: false, rollout: undefined, restless: [] };
  expect(await violationsOf(await lookAt(house, rest, false))).toEqual([]);
  expect(ends.filter(({ state }) => state !== "succeeded")).toEqual([]);
}, 1_500_000);
