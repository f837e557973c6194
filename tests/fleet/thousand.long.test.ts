import { testDatabase } from "@atoll/postgres/testing";
import { expect, inject, test } from "vitest";
import { seedOf } from "../support/seed.ts";
import { runScenario } from "./scenario.ts";

test("a rollout over 1,000 databases stops at its budget, survives 20 deaths of its worker, and finishes", async () => {
  const seed = seedOf("ATOLL_FLEET_SEED");
  const said = await runScenario({
    serverUrl: inject("postgresUrl"),
    hubUrl: await testDatabase(),
    count: 1_000,
    kills: 20,
    seed,
    prefix: "thousand",
  });
  console.log(said);
  expect(said).toContain("killed 20 times");
}, 1_800_000);
