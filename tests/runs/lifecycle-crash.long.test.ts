import { openJournal } from "@atoll/engine/journal";
import { migrateFurther } from "@atoll/engine/migrate";
import type { PausePoint } from "@atoll/engine/options";
import { hubMigrations } from "@atoll/hub/check-audit";
import type { OperationDesk } from "@atoll/hub/operations/desk";
import { operationsOf } from "@atoll/hub/operations/operations";
import { openStore } from "@atoll/hub/store/store";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { answersOf, businessOn, testKey } from "../support/hub.ts";
import { things } from "../support/things.ts";
import { keepWorkers } from "../support/workers.ts";

// Each client is one scenario: the worker dies with -9 at this moment of the pause, the resume, the archiving or the
// removal. All go on at once, and who dies for one dies for all.
type Kind = "pause" | "resume" | "archive" | "destroy";
type Moment = [point: PausePoint, step: string];

const ofSwitching: Moment[] = [
  ["intent-committed", "site"],
  ["applied-not-recorded", "site"],
  ["applied-not-recorded", "email-workflow"],
  ["recorded", "crm-workflow"],
  ["step-done-not-published", "email-workflow"],
  ["run-ending", ""],
];
const moments: Record<Kind, Moment[]> = {
  pause: ofSwitching,
  resume: ofSwitching,
  archive: [
    ["removed-not-recorded", "site"],
    ["removal-recorded", "project"],
    ["applied-not-recorded", "repository"],
    ["step-done-not-published", "crm-workflow"],
    ["run-ending", ""],
  ],
  destroy: [
    ["removed-not-recorded", "project"],
    ["removal-recorded", "repository"],
    ["run-ending", ""],
  ],
};

const hub = await testDatabase();
const deathsUrl = await testDatabase();
const sql = new pg.Pool({ connectionString: deathsUrl, max: 2 });
const pool = new pg.Pool({ connectionString: hub, max: 4 });
let cloud: TestCloud;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits", "--site-port", "15770"]);
  await sql.query("create table deaths (run_id text, point text, step text); create table failing (id text)");
});
afterAll(async () => {
  await sql.end();
  await pool.end();
  await cloud?.stop();
});

/** What n8n and Vercel hold of a client: which workflows are published, and whether its site is served. */
async function switches(slug: string): Promise<Record<string, boolean>> {
  const { n8n, vercel } = (await cloud.inventory()) as {
    n8n: { workflows: { name: string; active: boolean }[] };
    vercel: { projects: { name: string; paused: boolean }[] };
  }; // as their emulators show them
  const published = n8n.workflows.filter(({ name }) => name.startsWith(`${slug} `));
  const sites = vercel.projects.filter(({ name }) => name === slug);
  return Object.fromEntries([
    ...published.map(({ name, active }) => [name, active] as const),
    ...sites.map(({ paused }) => ["site", !paused] as const),
  ]);
}

test("pause, resume, archive and destroy end well, whenever the worker dies", async () => {
  const blueprint = await businessOn(cloud);
  const desk = { store: openStore(pool) } as OperationDesk; // the rest is for other operations
  const journal = await openJournal({
    databaseUrl: hub,
    blueprints: [blueprint],
    operations: operationsOf(Promise.resolve(desk)),
    key: testKey,
    environment: "local",
  });
  await migrateFurther(hub, hubMigrations);
  const before = await things(cloud);
  const clients = Array.from({ length: ofSwitching.length }, (_, index) => `life-${index}`);
  const workers = await keepWorkers({ hub, cloud, deaths: deathsUrl }, 1);

  /** Does one kind of run on every client, each with its own moment of death. */
  async function round(kind: Kind, input?: object): Promise<void> {
    const died = workers.deaths();
    const runs: string[] = [];
    for (const [index, slug] of clients.entries()) {
      const { id } = (await journal.find(slug)) ?? { id: "" };
      const [point, step] = moments[kind][index % moments[kind].length] ?? [];
      const number = (await journal.runs(slug)).length + 1;
      await sql.query("insert into deaths values ($1, $2, $3)", [`${id}-${number}`, point, step]);
      runs.push(await journal.submit(kind, slug, { by: "test", input }));
    }
    for (const id of runs)
      expect(await journal.wait(id), kind).toMatchObject({ kind, state: "succeeded", owed: [] });
    expect(workers.deaths(), kind).toBeGreaterThan(died);
    await sql.query("delete from deaths");
  }

  try {
    for (const slug of clients) {
      const answers = blueprint.questions.parse(answersOf(slug));
      await journal.register({ slug, blueprint: blueprint.name, answers, environment: "local" });
    }
    const made = await Promise.all(
      clients.map(async (slug) => journal.wait(await journal.submit("provision", slug, { by: "test" }))),
    );
    expect(new Set(made.map(({ state }) => state))).toEqual(new Set(["succeeded"]));
    // One stands still on purpose: no death makes it go on.
    const stood = (await journal.resources("life-2")).find(({ step }) => step === "crm-workflow");
    await fetch(`${cloud.url}/n8n/api/v1/workflows/${stood?.id.split("/")[0]}/deactivate`, {
      method: "POST",
      headers: { "X-N8N-API-KEY": cloud.tokens.n8n },
    });
    const going = await Promise.all(clients.map(switches));

    await round("pause");
    for (const slug of clients) expect(Object.values(await switches(slug)), slug).not.toContain(true);
    await round("resume");
    expect(await Promise.all(clients.map(switches))).toEqual(going);
    expect(new Set((await journal.list()).map(({ state }) => state))).toEqual(new Set(["live"]));
    await round("archive", { withoutBackup: true });
    for (const slug of clients) {
      expect(await switches(slug), slug).toEqual({});
      expect((await journal.resources(slug)).map(({ kind }) => kind).sort()).toEqual([
        "gitea.folder",
        "github.file",
        "github.repository",
      ]);
    }
    await round("destroy");
    expect(await things(cloud)).toEqual(before);
  } catch (error) {
    console.log(workers.log().slice(-20).join("\n"));
    throw error;
  } finally {
    await workers.stop();
    await journal.close();
  }
}, 300_000);
