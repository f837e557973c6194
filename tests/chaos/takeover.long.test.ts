import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, openHouse } from "./house.ts";
import { leased } from "./invariants/leased.ts";
import { lookAt } from "./look.ts";
import { pace } from "./orders.ts";
import { actOn } from "./play.ts";

const up = { does: "up", afterMs: 0 } as const;

/** The place of the worker that does a run, once one has taken it up. */
async function placeOf(house: House, slug: string): Promise<number> {
  for (let tries = 0; tries < 1_200; tries++) {
    const executor = await house.patiently(async ({ pool }) => {
      const { rows } = await pool.query<{ executor_id: string }>(
        `select w.executor_id from dbos.workflow_status w join atoll.runs r on r.id = w.workflow_uuid
           join atoll.instances i on i.id = r.instance_id
          where i.slug = $1 and w.status = 'PENDING'`,
        [slug],
      );
      return rows[0]?.executor_id;
    });
    for (const place of [0, 1])
      if (executor !== undefined && (await house.crew.executor(place)) === executor) return place;
    await sleep(25);
  }
  throw new Error(`Nobody took up the run of ${slug}.`);
}

describe.each([
  { name: "the default lease", lease: { beatMs: 2_000, ttlMs: 15_000 } },
  { name: "the short lease of chaos", lease: pace.lease },
])("with $name", ({ name, lease }) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ lease });
  }, 180_000);
  afterAll(() => house?.stop());

  test("the runs of a worker that was killed go on in another one", async () => {
    const running = actOn(house, "killed-0", up, 0);
    const place = await placeOf(house, "killed-0");
    const executor = await house.crew.executor(place);
    const killedAtMs = Date.now();
    house.crew.kill(place);
    expect(await running).toMatchObject({ state: "succeeded" });
    const look = await lookAt(
      house,
      { slugs: ["killed-0"], acts: [], isReleased: false, rollout: undefined, restless: [] },
      false,
    );
    const takenMs = (look.takenOver.get(executor) ?? 0) - killedAtMs;
    console.log(`${name} (${lease.ttlMs} ms): taken over ${Math.round(takenMs)} ms after the kill`);
    expect(look.takenOver.has(executor)).toBe(true);
    expect(look.clients[0]?.drift).toEqual([]);
  }, 240_000);

  test("a worker that stood still for longer than its lease writes nothing afterwards", async () => {
    const running = actOn(house, "frozen-0", up, 0);
    const place = await placeOf(house, "frozen-0");
    const executor = await house.crew.executor(place);
    const fenced = house.crew.counts.fenced;
    await house.crew.freeze(place, lease.ttlMs + 2 * lease.beatMs + 1_000);
    expect(await running).toMatchObject({ state: "succeeded" });
    const look = await lookAt(
      house,
      { slugs: ["frozen-0"], acts: [], isReleased: false, rollout: undefined, restless: [] },
      false,
    );
    expect(look.takenOver.has(executor)).toBe(true);
    expect(house.crew.counts.fenced).toBe(fenced + 1);
    expect(leased(look)).toEqual([]);
    expect(look.clients[0]?.drift).toEqual([]);
  }, 240_000);
});
