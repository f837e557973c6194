import type { PausePoint } from "@atoll/engine/options";
import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { keepWorkers } from "../support/workers.ts";

// The worker dies with -9 at each of these moments of a backup, and of a restore: both come to their end all the same,
// and what the instance holds is what it held, or what the backup holds.
type Moment = [point: PausePoint, step: string];
const moments: Record<"backup" | "restore", Moment[]> = {
  backup: [
    ["intent-committed", "database"],
    ["applied-not-recorded", "database"],
    ["applied-not-recorded", "verify"],
    ["applied-not-recorded", "drill"],
    ["run-ending", ""],
  ],
  restore: [
    ["applied-not-recorded", "safety-database"],
    ["intent-committed", "rows"],
    ["applied-not-recorded", "rows"],
    ["recorded", "rows"],
    ["run-ending", ""],
  ],
};

const databaseUrl = await testDatabase();
const deathsUrl = await testDatabase();
const deaths = new pg.Pool({ connectionString: deathsUrl, max: 2 });
const slug = "toko-dies";
let cloud: TestCloud;
let hub: TestHub;
let workers: Awaited<ReturnType<typeof keepWorkers>>;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits", "--site-port", "15810"]);
  await deaths.query("create table deaths (run_id text, point text, step text)");
  const env = { ATOLL_HOME: cloud.home, DATABASE_URL: databaseUrl };
  hub = await testHub({ ...env, PATH: process.env.PATH }, { worker: false });
  const program = new URL("../support/operations-worker.ts", import.meta.url);
  workers = await keepWorkers({ hub: databaseUrl, cloud, deaths: deathsUrl, program, env }, 1);
  const answers = { name: "Toko Dies", slug, adminEmail: `owner@${slug}.example` };
  const run = await hub.as("operator").call("createInstance", { body: { blueprint: "business", answers } });
  expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
}, 120_000);
afterAll(async () => {
  await workers?.stop();
  await hub?.stop();
  await deaths.end();
  await cloud?.stop();
});

/** Runs one with a death of its own; gives its id. */
async function dyingAt([point, step]: Moment, kind: "backup" | "restore", input?: object): Promise<string> {
  const { id } = await hub.runtime.instance(slug);
  const next = `${id}-${(await hub.runtime.journal.runs(slug)).length + 1}`;
  await deaths.query("insert into deaths values ($1, $2, $3)", [next, point, step]);
  const before = workers.deaths();
  const run = await hub.runtime.journal.submit(kind, slug, { by: "test", ...(input && { input }) });
  const ended = await hub.runtime.journal.wait(run);
  expect(ended, `${kind} ${point} ${step}`).toMatchObject({ id: next, state: "succeeded", owed: [] });
  expect(workers.deaths()).toBe(before + 1);
  return run;
}

async function ask(query: string): Promise<Record<string, unknown>[]> {
  const project = (await hub.runtime.journal.resources(slug)).find(({ kind }) => kind === "supabase.project");
  const answer = await fetch(`${cloud.url}/supabase/v1/projects/${project?.id}/database/query`, {
    method: "POST",
    headers: { authorization: `Bearer ${cloud.tokens.supabase}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  if (answer.status !== 201) throw new Error(await answer.text());
  return (await answer.json()) as Record<string, unknown>[];
}

const add = (count: number) =>
  ask(`insert into public.contacts (organization_id, first_name)
    select o.id, 'Person ' || n from generate_series(1, ${count}) n, (select id from public.organizations limit 1) o`);
const seen = async () =>
  (
    await ask(
      "select count(*)::text || coalesce(md5(string_agg(x::text, '|' order by id)), '') as seen from public.contacts x",
    )
  )[0]?.seen;

test("a backup and a restore come to their end, whenever the worker dies", async () => {
  await add(500);
  const made: string[] = [];
  for (const moment of moments.backup) made.push(await dyingAt(moment, "backup"));
  const { items } = await hub.as("viewer").call("listBackups", { query: { slug } });
  expect(items.map(({ id, state }) => [id, state]).toSorted()).toEqual(
    made.map((id) => [id, "verified"]).toSorted(),
  );
  const saved = await seen();
  for (const moment of moments.restore) {
    await add(3);
    expect(await seen()).not.toBe(saved);
    await dyingAt(moment, "restore", { backup: made[0] });
    expect(await seen(), moment.join(" ")).toBe(saved);
  }
}, 300_000);
