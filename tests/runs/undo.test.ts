import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { businessOn, failingBlueprint, startHub, type TestHub } from "../support/hub.ts";
import { things } from "../support/things.ts";

const databaseUrl = await testDatabase();
let cloud: TestCloud;
let hub: TestHub;
let steps: { step: string; fails: string }[] = [];
/** By an instance's id: where it is to fail. */
const failing = new Map<string, string>();

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  const business = await businessOn(cloud);
  steps = business.steps.map(({ step }) => ({
    step,
    // These two only wait for what comes with the project: they can fail at a look only.
    fails: ["api-keys", "database"].includes(step) ? `${step} (seen)` : step,
  }));
  hub = await startHub(
    databaseUrl,
    failingBlueprint(business, (step, instance) => failing.get(instance) === step),
  );
});
afterAll(async () => {
  await hub?.close();
  await cloud?.stop();
});

test("each step failing hard, and failing again, leaves the inventory as it was", async () => {
  const before = await things(cloud);
  expect(steps.length).toBeGreaterThan(15);
  for (const { step, fails } of steps) failing.set((await hub.register(`fails-${step}`)).id, fails);
  // Twice: the second provisioning finds what the first undo left, which has to be nothing.
  for (const number of [1, 2]) {
    const ends = await Promise.all(
      steps.map(async ({ step }) => {
        const { state, owed, fault, ...run } = await hub.provision(`fails-${step}`);
        return { step, state, number: run.number, owed, what: fault?.what };
      }),
    );
    expect(ends).toEqual(
      steps.map(({ step }) => ({
        step,
        state: "undone",
        number,
        owed: [],
        what: `The test refuses "${step}".`,
      })),
    );
    expect(await things(cloud)).toEqual(before);
    for (const { step } of steps) expect(await hub.engine.resources(`fails-${step}`), step).toEqual([]);
  }
}, 400_000);

test("one compensation that fails stops none of the others; it is shown and can be tried again", async () => {
  const before = await things(cloud);
  failing.set((await hub.register("owes")).id, "welcome");
  await cloud.fault({ provider: "github", method: "DELETE", path: "/repos/", kind: "reject" });
  const run = await hub.provision("owes");
  expect(run).toMatchObject({ state: "failed", owed: [{ step: "repository" }] });
  expect(run.owed[0]?.fault).toMatchObject({ what: expect.any(String), next: expect.any(String) });
  const known = (await hub.engine.resources("owes")).map(({ step }) => step);
  expect(known, "nothing that has gone is still listed").toEqual(["repository", "client-config"]);
  const left = await things(cloud);
  expect({ ...left, github: undefined }).toEqual({ ...before, github: undefined });
  expect(left.github).toMatchObject({
    repositories: [{ name: "atoll-clients/client-owes" }, { name: "atoll-templates/business-app" }],
  });

  await hub.engine.retryUndo(run.id);
  expect(await hub.engine.wait(run.id)).toMatchObject({ state: "failed", owed: [{ step: "repository" }] });
  await cloud.heal();
  await hub.engine.retryUndo(run.id);
  expect(await hub.engine.wait(run.id)).toMatchObject({ state: "undone", owed: [] });
  expect(await things(cloud)).toEqual(before);
  await expect(hub.engine.retryUndo(run.id)).rejects.toMatchObject({ kind: "rejected" });
}, 60_000);
