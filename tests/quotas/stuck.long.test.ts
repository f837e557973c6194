// A provider that answers nobody for longer than any deadline: only the runs that need it wait, and go on by themselves.
import { setTimeout as sleep } from "node:timers/promises";
import { openJournal } from "@atoll/engine/journal";
import { migrateFurther, prepareDatabase } from "@atoll/engine/migrate";
import { connect } from "@atoll/hub/accounts";
import { hubMigrations } from "@atoll/hub/check-audit";
import { listAccounts } from "@atoll/hub/quotas/shown";
import { providerSettings } from "@atoll/hub/settings";
import { openStore } from "@atoll/hub/store/store";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { answersOf, testKey } from "../support/hub.ts";
import { keepWorkers } from "../support/workers.ts";

/** Ten minutes, a step's deadline, are three seconds. */
const timeScale = 200;
const deadlineMs = 600_000 / timeScale;

let cloud: TestCloud;
let databaseUrl: string;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  databaseUrl = await testDatabase();
  await prepareDatabase(databaseUrl);
  await migrateFurther(databaseUrl, hubMigrations);
}, 120_000);
afterAll(() => cloud?.stop());

test("a provider that answers nobody holds up only the runs that need it, for as long as it takes", async () => {
  const { blueprints } = connect(await providerSettings({}, async () => cloud));
  const journal = await openJournal({
    databaseUrl,
    blueprints,
    key: testKey,
    environment: "local",
  });
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  const store = openStore(pool);
  const workers = await keepWorkers(
    {
      hub: databaseUrl,
      cloud,
      deaths: "",
      program: new URL("../support/quota-worker.ts", import.meta.url),
      env: { ATOLL_TEST_TIME_SCALE: String(timeScale) },
    },
    1,
  );
  const begin = async (slug: string, name: string, more: object = {}) => {
    const blueprint = blueprints.find((each) => each.name === name) ?? expect.fail();
    const answers = blueprint.questions.parse(answersOf(slug, more));
    await journal.register({ slug, blueprint: name, answers, environment: "local" });
    return journal.submit("provision", slug, { by: "test" });
  };
  try {
    await cloud.fault({ provider: "vercel", kind: "503" });
    const held = await begin("held", "business");
    const silent = async () => (await listAccounts(store)).find(({ provider }) => provider === "vercel");
    await expect.poll(async () => (await silent())?.silentSince, { timeout: 60_000 }).toBeDefined();
    // Its host is Netlify.
    const other = await begin("other", "community", { city: "Lyon", mapCenter: "45.76, 4.83" });
    expect((await journal.wait(other)).state).toBe("succeeded");
    // By far longer than any step of it may take.
    await sleep(deadlineMs * 3);
    expect(await journal.run(held)).toMatchObject({ state: "running" });
    await expect.poll(silent).toMatchObject({ instances: 1, waiting: [{ instance: "held" }] });
    expect((await journal.run(held))?.steps.map(({ why }) => why ?? "").join("\n")).toContain(
      "which has answered nothing since",
    );
    await cloud.heal();
    expect((await journal.wait(held)).state).toBe("succeeded");
    await expect.poll(async () => (await silent())?.silentSince).toBeUndefined();
  } finally {
    await workers.stop();
    await journal.close();
    await pool.end();
  }
}, 300_000);
