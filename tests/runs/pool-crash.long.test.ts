import { type Journal, openJournal } from "@atoll/engine/journal";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { answersOf, testKey } from "../support/hub.ts";
import { onlyData, openTestPool } from "../support/pool.ts";
import { keepWorkers } from "../support/workers.ts";

// A worker dies with -9 at each moment of a claim, and of keeping the pool full.
const moments = [
  { point: "password-set", step: "" },
  { point: "claimed", step: "" },
  { point: "renamed", step: "" },
  { point: "intent-committed", step: "project" },
  { point: "applied-not-recorded", step: "project" },
  { point: "recorded", step: "project" },
  { point: "intent-committed", step: "schema" },
  { point: "applied-not-recorded", step: "schema" },
];
const undone = ["claimed", "renamed", "deleted"];
const filling = ["made", "before-making", "deleted"];

const hub = await testDatabase();
const deathsUrl = await testDatabase();
const deaths = new pg.Pool({ connectionString: deathsUrl, max: 2 });
const region = "eu-central-1";
let cloud: TestCloud;
let pool: Awaited<ReturnType<typeof openTestPool>>;
let journal: Journal;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  pool = await openTestPool(hub, cloud);
  const blueprints = [onlyData(pool.business)];
  journal = await openJournal({ databaseUrl: hub, blueprints, key: testKey, environment: "local" });
  await deaths.query(
    "create table deaths (run_id text, point text, step text); create table failing (id text)",
  );
}, 60_000);
afterAll(async () => {
  await journal?.close();
  await pool?.close();
  await deaths.end();
  await cloud?.stop();
});

async function names(): Promise<string[]> {
  const answer = await fetch(`${cloud.url}/supabase/v1/projects`, {
    headers: { authorization: `Bearer ${cloud.tokens.supabase}` },
  });
  return ((await answer.json()) as { name: string }[]).map(({ name }) => name); // as Supabase describes it
}

async function register(slug: string): Promise<string> {
  const answers = pool.business.questions.parse(answersOf(slug, { region }));
  return (await journal.register({ slug, blueprint: pool.business.name, answers, environment: "local" })).id;
}

/** One is ready, and no further one is made. */
async function oneReady(): Promise<string | undefined> {
  await pool.desk.resize({ region, count: 1 }, "test");
  await pool.settle();
  const { items } = await pool.desk.show();
  await pool.desk.resize({ region, count: 0 }, "test");
  return items.find(({ state }) => state === "ready")?.ref;
}

const dieAt = (point: string, step = "") =>
  deaths.query("insert into deaths values ('', $1, $2)", [point, step]);
const hasDied = async () => (await deaths.query("select 1 from deaths")).rowCount === 0;
const idle = async () => (await pool.desk.show()).items.filter(({ state }) => state !== "claimed");
const run = async (kind: "provision" | "destroy", slug: string) =>
  journal.wait(await journal.submit(kind, slug, { by: "test" }));

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  for (let times = 0; times < 300; times++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Waited in vain: ${what}. ${JSON.stringify(await pool.desk.show())}`);
}

test("killed at a moment of its claim, a run ends with the one project that it claimed", async () => {
  const workers = await keepWorkers(
    { hub, cloud, deaths: deathsUrl, program: new URL("../support/pool-worker.ts", import.meta.url) },
    1,
  );
  try {
    for (const [index, { point, step }] of moments.entries()) {
      const slug = `crash-${index}`;
      const what = `${point} ${step}`;
      const ref = await oneReady();
      await register(slug);
      await dieAt(point, step);
      expect(await run("provision", slug), what).toMatchObject({ state: "succeeded" });
      expect(await hasDied(), what).toBe(true);
      const things = await journal.resources(slug);
      expect(things.find(({ kind }) => kind === "supabase.project")?.id, what).toBe(ref);
      expect(await names(), what).toEqual([expect.stringMatching(`^client-${slug}-prod-[a-z0-9]{12}$`)]);
      expect(await journal.drift(slug), what).toEqual([]);
      await pool.settle();
      expect(await idle(), what).toEqual([]);
      expect(await run("destroy", slug), what).toMatchObject({ state: "succeeded" });
      expect(await names(), what).toEqual([]);
    }
    for (const [index, point] of undone.entries()) {
      const slug = `undone-${index}`;
      await oneReady();
      await deaths.query("insert into failing values ($1)", [await register(slug)]);
      await dieAt(point);
      expect(await run("provision", slug), point).toMatchObject({ state: "undone", owed: [] });
      expect(await hasDied(), point).toBe(true);
      await pool.settle();
      expect({ names: await names(), idle: await idle() }, point).toEqual({ names: [], idle: [] });
    }
  } catch (error) {
    console.log(workers.log().slice(-20).join("\n"));
    throw error;
  } finally {
    await workers.stop();
  }
}, 300_000);

test("killed while it keeps the pool full, a hub leaves nothing that the pool does not know", async () => {
  const workers = await keepWorkers(
    {
      hub,
      cloud,
      deaths: deathsUrl,
      program: new URL("../support/pool-worker.ts", import.meta.url),
      env: { ATOLL_TEST_FILLS: "1" },
    },
    1,
  );
  try {
    for (const point of filling) {
      await dieAt(point);
      await pool.desk.resize({ region, count: 2 }, "test");
      const full = async () => (await pool.desk.show()).places.some(({ ready }) => ready === 2);
      await until(full, `full, ${point}`);
      const known = (await idle()).map(({ name }) => name);
      expect((await names()).toSorted(), point).toEqual(known.toSorted());
      await pool.desk.drain({}, "test");
      await until(async () => (await idle()).length === 0, `drained, ${point}`);
      expect(await hasDied(), point).toBe(true);
      expect(await names(), point).toEqual([]);
    }
  } catch (error) {
    console.log(workers.log().slice(-20).join("\n"));
    throw error;
  } finally {
    await workers.stop();
  }
}, 300_000);
