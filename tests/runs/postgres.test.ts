import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openJournal } from "@atoll/engine/journal";
import { createDatabase } from "@atoll/postgres/database";
import { type PostgresServer, startPostgres } from "@atoll/postgres/postgres";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { answersOf, businessOn, testKey } from "../support/hub.ts";
import { keepWorkers } from "../support/workers.ts";

const deathsUrl = await testDatabase();
const folder = mkdtempSync(path.join(tmpdir(), "atoll-hub-"));
let server: PostgresServer;
let cloud: TestCloud;

beforeAll(async () => {
  chmodSync(folder, 0o711);
  server = await startPostgres({ dataDir: path.join(folder, "server") });
  await createDatabase(server.url("postgres"), "atoll");
  cloud = await testCloud(["--light", "--latency", "local", "--no-rate-limits"]);
  const sql = new pg.Client({ connectionString: deathsUrl });
  await sql.connect();
  await sql.query("create table deaths (run_id text, point text, step text); create table failing (id text)");
  await sql.end();
});
afterAll(async () => {
  await server?.stop();
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("the hub's Postgres is killed in the middle of a run and comes back: the run ends live, one of each", async () => {
  const hub = server.url("atoll");
  const blueprint = await businessOn(cloud);
  const workers = await keepWorkers({ hub, cloud, deaths: deathsUrl }, 1);
  const open = () =>
    openJournal({ databaseUrl: hub, blueprints: [blueprint], key: testKey, environment: "local" });
  let journal = await open();
  try {
    const answers = blueprint.questions.parse(answersOf("power-cut"));
    await journal.register({ slug: "power-cut", blueprint: "business", answers, environment: "local" });
    const run = await journal.submit("provision", "power-cut", { by: "test" });
    for await (const event of journal.events(run, { follow: true }))
      if (event.type === "step-done" && event.step === "repository") break;
    const { port } = server;
    process.kill(server.pid, "SIGKILL");
    await journal.close().catch(() => {});
    server = await startPostgres({ dataDir: path.join(folder, "server"), port });
    journal = await open();
    expect(await journal.wait(run)).toMatchObject({ state: "succeeded", owed: [] });
    expect(await journal.drift("power-cut")).toEqual([]);
    expect(await cloud.inventory()).toMatchObject({
      supabase: { projects: [{ users: ["owner@power-cut.example"] }] },
      vercel: { projects: [{ deployments: 1 }] },
      resend: { mails: [expect.anything()] },
    });
  } catch (error) {
    console.log(workers.log().slice(-20).join("\n"));
    throw error;
  } finally {
    await workers.stop();
    await journal.close().catch(() => {});
  }
}, 120_000);
