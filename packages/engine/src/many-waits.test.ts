import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Harness, startHarness } from "./testing/harness.ts";

// Time passes so much faster that who waits asks after a second what became of it.
const timeScale = 300;
const slugs = Array.from({ length: 8 }, (_, index) => `many-${index}`);

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness(
    { hub: await testDatabase(), cloud: await testDatabase() },
    {
      project: { settles: 40, settleWithinMs: 600_000 * timeScale },
      repository: { graceMs: 600 * timeScale },
    },
    { timeScale },
  );
});
afterAll(() => harness?.close());

test("steps that all wait longer than they ask after go on, more of them than there are connections", async () => {
  const runs = await Promise.all(slugs.map((slug) => harness.provision(slug)));
  expect(runs.map(({ state }) => state)).toEqual(slugs.map(() => "succeeded"));
}, 60_000);
