import type { AnyBlueprint } from "@atoll/core/blueprint";
import { Held } from "@atoll/core/fault";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, expect, test } from "vitest";
import type { OnBehalf } from "./options.ts";
import { fakeBlueprint } from "./testing/fake-blueprint.ts";
import { FakeCloud } from "./testing/fake-cloud.ts";
import { startHarness } from "./testing/harness.ts";

/** Far shorter than the waits of one step together. */
const settleWithinMs = 300;
const why = "waits for a limit, until 12:03:20";
const databases = { hub: await testDatabase(), cloud: await testDatabase() };
const cloud = new FakeCloud(databases.cloud);
const callers: OnBehalf[] = [];
let heldLeft = 0;

/** Calls that are not sent, since others use up the provider's limits. */
function held(): void {
  if (heldLeft === 0) return;
  heldLeft -= 1;
  throw new Held({ what: "A limit is used up.", next: "Nothing.", why, untilMs: Date.now() + 150 });
}

function waits(blueprint: AnyBlueprint): AnyBlueprint {
  const steps = blueprint.steps.map((step) => {
    if (step.does !== "resource" || step.step !== "extra") return step;
    const { resource } = step;
    const observe: typeof resource.observe = async (at) => {
      held();
      return resource.observe(at);
    };
    return { ...step, resource: { ...resource, observe } };
  });
  return { ...blueprint, steps };
}

const hub = await startHarness(
  databases,
  {},
  {
    blueprints: [waits(fakeBlueprint(cloud, { extra: { settleWithinMs } }))],
    onBehalf: (whom, work) => {
      callers.push(whom);
      return work();
    },
  },
);
afterAll(async () => {
  await hub.close();
  await cloud.close();
});

test("a wait for a provider's limit is told, and uses up no deadline", async () => {
  heldLeft = 8;
  const run = await hub.provision("patient", { title: "A", extra: true });
  expect(run.state).toBe("succeeded");
  expect(heldLeft).toBe(0);
  const told = (await hub.story(run.id)).filter((event) => "step" in event && event.step === "extra");
  expect(told.filter(({ type }) => type === "step-waiting")).toMatchObject([{ why }]);
  expect(told.filter(({ type }) => type === "step-retrying")).toEqual([]);
});

test("a removal waits for its turn as well, and owes nothing", async () => {
  heldLeft = 8;
  const run = await hub.engine.wait(await hub.engine.submit("destroy", "patient", { by: "test" }));
  expect(run).toMatchObject({ state: "succeeded", owed: [] });
  expect(heldLeft).toBe(0);
});

test("each look is done in the name of its instance and run", async () => {
  const instance = await hub.engine.find("patient");
  expect(callers.every((whom) => whom.instance === instance?.id)).toBe(true);
  expect(callers[0]?.run).toEqual({ kind: "provision", askedBy: "test" });
});
