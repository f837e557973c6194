import { testDatabase } from "@atoll/postgres/testing";
import { expect, inject, test } from "vitest";
import { seedOf } from "../support/seed.ts";
import { runScenario } from "./scenario.ts";

test("a rollout over 100 databases stops at its budget, survives its worker's deaths, and finishes", async () => {
  const seed = seedOf("ATOLL_FLEET_SEED");
  const said = await runScenario({
    serverUrl: inject("postgresUrl"),
    hubUrl: await testDatabase(),
    count: 100,
    kills: 4,
    seed,
    prefix: "small",
  });
  console.log(said);
  expect(said).toContain("100 databases");
}, 240_000);
