import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, expect, test } from "vitest";
import { startHarness } from "./testing/harness.ts";

const databases = { hub: await testDatabase(), cloud: await testDatabase() };
const hub = await startHarness(
  databases,
  {
    project: { settles: 100_000, settleWithinMs: 40_000 },
    extra: { graceMs: 1_000, settleWithinMs: 2_000 },
  },
  { timeScale: 50 },
);
afterAll(() => hub.close());

test("what does not settle within its time fails with what to do, and is removed all the same", async () => {
  const run = await hub.provision("slow");
  expect(run).toMatchObject({
    state: "undone",
    fault: { what: expect.stringContaining("did not settle within 40 s") },
  });
  expect(await hub.standing("slow")).toEqual([]);
});

test("trouble that does not pass ends at the step's deadline", async () => {
  await hub.cloud.trouble({ name: "never-extra", on: "create", does: "try-again", times: -1 });
  const run = await hub.provision("never", { title: "A", extra: true });
  expect(run).toMatchObject({ state: "undone", fault: { kind: "try-again" } });
  expect(await hub.standing("never")).toEqual([]);
});
