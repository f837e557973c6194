import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openDoor } from "@atoll/hub/testing/door";
import { testDatabase } from "@atoll/postgres/testing";
import { expect, test } from "vitest";
import { seedOf } from "../support/seed.ts";
import { fuzzRoutes } from "./fuzz.ts";

const databaseUrl = await testDatabase();
const seed = seedOf("ATOLL_FUZZ_SEED");
/** Calls to each route; ATOLL_FUZZ_RUNS says how many. */
const runs = Number(process.env.ATOLL_FUZZ_RUNS ?? 60);

test("whatever is sent to a route for minutes, the answer is a sentence and never the hub's inside", async () => {
  console.log(`ATOLL_FUZZ_SEED=${seed} ATOLL_FUZZ_RUNS=${runs}`);
  const home = mkdtempSync(path.join(tmpdir(), "atoll-fuzz-"));
  const door = await openDoor(databaseUrl, home);
  try {
    await door.member("ana@atoll.example", "owner");
    const owner = door.browser();
    await owner.signIn("ana@atoll.example");
    const made = await owner.post("/api/keys", { name: "fuzz", role: "owner" });
    const { key } = (await made.json()) as { key: string };
    const calls = await fuzzRoutes(door, key, { seed, runs });
    console.log(`${calls} calls`);
    expect(calls).toBeGreaterThan(runs * 100);
  } finally {
    await door.stop();
    rmSync(home, { recursive: true, force: true });
  }
}, 3_600_000);
