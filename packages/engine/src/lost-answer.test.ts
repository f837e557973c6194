import { setTimeout as sleep } from "node:timers/promises";
import type { AnyBlueprint } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, expect, test } from "vitest";
import { startEngine } from "./engine.ts";
import { fakeBlueprint } from "./testing/fake-blueprint.ts";
import { FakeCloud } from "./testing/fake-cloud.ts";
import { testKey } from "./testing/harness.ts";

const graceMs = 1_500;

/** Its project is made at once and seen from the second look on; the call itself gives up after longer than the grace. */
function slowToAnswer(cloud: FakeCloud): AnyBlueprint {
  const blueprint = fakeBlueprint(cloud, { project: { graceMs } });
  const steps = blueprint.steps.map((step) => {
    if (step.does !== "resource" || step.step !== "project") return step;
    const { observe, apply } = step.resource;
    let looksAfter: number | undefined;
    const resource: typeof step.resource = {
      ...step.resource,
      async observe(at) {
        const seen = await observe(at);
        if (looksAfter === undefined) return seen;
        looksAfter += 1;
        return looksAfter === 1 ? { is: "absent" as const } : seen;
      },
      async apply(job) {
        await apply(job);
        await sleep(graceMs + 200);
        looksAfter ??= 0;
        throw new Fault("outcome-unknown", { what: "No answer came in time.", next: "It is looked up." });
      },
    };
    return { ...step, resource };
  });
  return { ...blueprint, steps };
}

const cloud = new FakeCloud(await testDatabase());
await cloud.prepare();
const engine = await startEngine({
  databaseUrl: await testDatabase(),
  blueprints: [slowToAnswer(cloud)],
  key: testKey,
  lease: { beatMs: 500, ttlMs: 30_000 },
});
afterAll(async () => {
  await engine.close();
  await cloud.close();
});

test("until a create whose answer is lost can no longer appear counts from when it is looked for", async () => {
  await engine.register({ slug: "slow", blueprint: "fake", answers: { title: "A" } });
  const run = await engine.wait(await engine.submit("provision", "slow", { by: "test" }));
  expect(run).toMatchObject({ state: "succeeded" });
  const writes = await cloud.writes();
  expect(writes.filter((line) => line === "create slow-project")).toHaveLength(1);
});
