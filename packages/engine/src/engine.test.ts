import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Engine, startEngine } from "./engine.ts";
import { fakeBlueprint } from "./testing/fake-blueprint.ts";
import { FakeCloud } from "./testing/fake-cloud.ts";
import { startTestPostgres, type TestPostgres } from "./testing/postgres.ts";

let postgres: TestPostgres;
let cloud: FakeCloud;
let engine: Engine;

beforeAll(async () => {
  postgres = await startTestPostgres();
  await postgres.createDatabase("hub");
  await postgres.createDatabase("cloud");
  cloud = new FakeCloud(postgres.url("cloud"));
  await cloud.prepare();
  engine = await startEngine({
    databaseUrl: postgres.url("hub"),
    blueprints: [fakeBlueprint(cloud)],
    key: new Uint8Array(32).fill(7),
    lease: { beatMs: 200, ttlMs: 5000 },
  });
}, 60_000);

afterAll(async () => {
  await engine?.close();
  await cloud?.close();
  await postgres?.stop();
});

describe("a first run", () => {
  test("makes each thing once and ends live", async () => {
    await engine.register({ slug: "toko-a", blueprint: "fake", answers: { title: "A" } });
    const runId = await engine.submit("provision", "toko-a", { by: "test" });
    for await (const event of engine.events(runId, { follow: true }))
      console.log(Math.round(performance.now() - t), JSON.stringify(event));
    const run = await engine.wait(runId);
    expect(run.fault).toBeUndefined();
    expect(run.state).toBe("succeeded");
    expect(await cloud.inventory()).toHaveLength(4);
    const again = await engine.submit("provision", "toko-a", { by: "test" });
    const before = await cloud.writes();
    const second = await engine.wait(again);
    expect(second.state).toBe("succeeded");
    expect(await cloud.writes()).toEqual(before);
  }, 60_000);
});
