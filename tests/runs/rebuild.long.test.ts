import { readFileSync } from "node:fs";
import { openJournal } from "@atoll/engine/journal";
import { openRuntime, type Runtime } from "@atoll/hub/runtime";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { atollIn } from "../support/atoll.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { answersOf, businessOn, testKey } from "../support/hub.ts";
import { things } from "../support/things.ts";
import { keepWorkers } from "../support/workers.ts";

// A hub whose database is gone, with all that it may have left: every kind of instance, live, paused, put away and
// removed, and what a hub that was killed right after a create left behind.
const first = await testDatabase();
const second = await testDatabase();
const third = await testDatabase();
const killed = await testDatabase();
const deathsUrl = await testDatabase();
let cloud: TestCloud;
/** What stood at the providers before there was anything of ours. */
let empty: Record<string, unknown>;
/** What each instance was before its hub's database went. */
let before: Awaited<ReturnType<typeof facts>>;
let runtime: Runtime;
/** What no origin may hold. */
const secrets: { name: string; value: string }[] = [];
/** The repository of the hub that was killed. */
let orphan: string;

const open = (databaseUrl: string, env: NodeJS.ProcessEnv = {}, worker = true) =>
  openRuntime({
    env: {
      ATOLL_HOME: cloud.home,
      DATABASE_URL: databaseUrl,
      PATH: process.env.PATH,
      ATOLL_PROBE_EVERY_SECONDS: "0",
      ATOLL_BACKUP_EVERY_HOURS: "0",
      ATOLL_SWEEP_GRACE_MINUTES: "0",
      ...env,
    },
    worker,
  });

/** What a registry says of its instances: what has to be the same afterwards. */
async function facts(of: Runtime) {
  const all = (await of.journal.list()).filter(({ state }) => state !== "removed");
  return Promise.all(
    all
      .toSorted((a, b) => a.slug.localeCompare(b.slug))
      .map(async ({ id, slug, blueprint, environment, state, answers, chosen }) => {
        const resources = await of.journal.resources(slug);
        const schema = resources.find(({ kind }) => kind === "postgres.schema");
        return {
          ...{ id, slug, blueprint, environment, state, answers, chosen },
          project: schema?.id,
          version: (schema?.attrs as { version?: number } | undefined)?.version, // as its adapter keeps it
          things: resources.map(({ step, kind, name, id: at }) => `${step} ${kind} ${name} ${at}`),
        };
      }),
  );
}

async function done(kind: "provision" | "pause" | "resume" | "archive" | "destroy" | "repair", slug: string) {
  const input = kind === "archive" ? { withoutBackup: true } : undefined;
  const id = await runtime.journal.submit(kind, slug, { by: "test", ...(input && { input }) });
  expect(await runtime.journal.wait(id)).toMatchObject({ state: "succeeded" });
}

async function make(file: string, more: object) {
  const url = new URL(`../../instances/example-${file}.json`, import.meta.url);
  const {
    $schema: _,
    blueprint,
    ...answers
  } = JSON.parse(readFileSync(url, "utf8")) as Record<string, unknown>; // a file of ours
  const slug = await runtime.register(String(blueprint), { ...answers, ...more });
  await done("provision", slug);
  return slug;
}

/** A hub that dies right after it made a repository, before it wrote anything down of it. */
async function plantOrphan() {
  const sql = new pg.Pool({ connectionString: deathsUrl, max: 1 });
  await sql.query("create table deaths (run_id text, point text, step text); create table failing (id text)");
  await cloud.fault({ provider: "supabase", method: "POST", path: "/v1/projects", kind: "503", times: 1000 });
  // The repository alone: other steps that need nothing must not be quicker.
  await cloud.fault({
    provider: "n8n",
    method: "POST",
    path: "/api/v1/credentials",
    kind: "503",
    times: 1000,
  });
  const blueprint = await businessOn(cloud);
  const journal = await openJournal({
    databaseUrl: killed,
    blueprints: [blueprint],
    key: testKey,
    environment: "local",
  });
  const { id } = await journal.register({
    slug: "toko-orphan",
    blueprint: "business",
    answers: blueprint.questions.parse(answersOf("toko-orphan")),
    environment: "local",
  });
  await sql.query("insert into deaths values ($1, 'applied-not-recorded', 'repository')", [`${id}-1`]);
  await journal.submit("provision", "toko-orphan", { by: "test" });
  const workers = await keepWorkers({ hub: killed, cloud, deaths: deathsUrl }, 1);
  await vi.waitUntil(async () => (await sql.query("select from deaths")).rowCount === 0, { timeout: 60_000 });
  await workers.stop();
  await journal.close();
  await sql.end();
  await cloud.heal();
}

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits", "--site-port", "16740"]);
  empty = await things(cloud);
  runtime = await open(first);
  await make("business", { slug: "toko-live" });
  await make("shop", { slug: "toko-paused" });
  await make("agency", { slug: "toko-away" });
  await make("community", { slug: "toko-plain" });
  await make("business", { slug: "toko-gone" });
  await done("pause", "toko-paused");
  await done("archive", "toko-away");
  await done("destroy", "toko-gone");
  for (const slug of ["toko-live", "toko-plain"])
    for (const name of ["databasePassword", "temporaryPassword"])
      secrets.push({ name, value: (await runtime.journal.secret(slug, name))?.expose() ?? name });
  before = await facts(runtime);
  await runtime.close();
  const seen = await things(cloud);
  await plantOrphan();
  const after = JSON.stringify(await things(cloud));
  expect(after).not.toBe(JSON.stringify(seen));
  orphan = "client-toko-orphan";
  expect(after).toContain(orphan);
  // The database is gone; the machine's key is not.
  runtime = await open(second);
}, 300_000);

afterAll(async () => {
  await runtime?.close();
  await cloud?.stop();
});

describe("a hub whose database is gone", () => {
  test("says what it would restore, and writes nothing", async () => {
    await cloud.clearLog();
    const lines = await runtime.rebuilds.plan({ take: false });
    expect(lines.map(({ is, slug, state, schemaVersion }) => ({ is, slug, state, schemaVersion }))).toEqual(
      before.map(({ slug, state, version }) => ({ is: "new", slug, state, schemaVersion: version })),
    );
    expect(lines.map(({ slug, resets }) => [slug, resets.length])).toEqual(
      before.map(({ slug, state }) => [slug, state === "archived" ? 0 : 1]),
    );
    expect(await runtime.journal.list()).toEqual([]);
    expect(await cloud.log({ writes: true })).toEqual([]);
  }, 60_000);

  test("has the same instances again, and says so to nobody twice", async () => {
    const lines = await runtime.rebuilds.write({ take: false, add: false, by: "test" });
    for (const { run = "", state } of lines) {
      const { state: ended, steps } = await runtime.journal.wait(run);
      expect(ended).toBe("succeeded");
      // Done by looking: it is done when the password that the journal has is let in.
      expect(steps.map(({ step, did }) => `${step} ${did}`)).toEqual(
        state === "archived" ? [] : ["database-password updated"],
      );
    }
    expect(await facts(runtime)).toEqual(before);
    await expect(runtime.rebuilds.write({ take: false, add: false, by: "test" })).rejects.toMatchObject({
      field: "add",
    });
    const again = await runtime.rebuilds.write({ take: false, add: true, by: "test" });
    expect(again.map(({ is }) => is)).toEqual(before.map(() => "known"));
  }, 120_000);

  test("finds nothing wrong with them, and no secret in what they were made anew of", async () => {
    for (const slug of ["toko-live", "toko-plain"]) {
      const { items, problems } = await runtime.journal.verify(slug);
      expect(items.filter(({ does }) => does !== "keep")).toEqual([]);
      expect(problems).toEqual([]);
      expect(await runtime.journal.drift(slug)).toEqual([]);
      expect(await runtime.vaults.drift(slug)).toEqual([]);
      const within = before.find((each) => each.slug === slug)?.project;
      const answer = await fetch(`${cloud.url}/supabase/v1/projects/${within}/database/query`, {
        method: "POST",
        headers: { authorization: `Bearer ${cloud.tokens.supabase}`, "content-type": "application/json" },
        body: JSON.stringify({ query: "select value from instance_config where key = 'ATOLL_ORIGIN'" }),
      });
      const origin = await answer.text();
      expect(origin).toContain(slug);
      for (const { name, value } of secrets) expect(origin.includes(value), name).toBe(false);
    }
  }, 60_000);

  test("is left alone by another hub that has the same accounts", async () => {
    const key = Buffer.alloc(32, 7).toString("base64");
    const other = await open(third, { ATOLL_SECRET_KEY: key }, false);
    try {
      const lines = await other.rebuilds.plan({ take: false });
      expect(lines.map(({ is, why }) => [is, why?.split(" (")[0]])).toEqual(
        before.map(() => ["conflict", "Another hub made it"]),
      );
      const { orphans, unproven } = await other.sweeps.look();
      expect(orphans).toEqual([]);
      expect(unproven.length).toBeGreaterThan(before.length);
      await expect(other.sweeps.remove({ confirm: 1 }, "test")).rejects.toMatchObject({ field: "confirm" });
      expect((await other.rebuilds.plan({ take: true })).map(({ is }) => is)).toEqual(
        before.map(() => "new"),
      );
    } finally {
      await other.close();
    }
  }, 60_000);

  test("says the same on the command line", async () => {
    const atoll = atollIn(
      () => cloud.home,
      () => ({ DATABASE_URL: second, ATOLL_SWEEP_GRACE_MINUTES: "0" }),
    );
    const told = await atoll("rebuild");
    expect(told.code).toBe(0);
    expect(told.json()).toMatchObject({
      written: false,
      items: before.map(({ id }) => ({ id, is: "known" })),
    });
    const swept = await atoll("sweep");
    expect(swept.code).toBe(3);
    expect(swept.json()).toMatchObject({ orphans: [{ kind: "github.repository" }] });
    expect((await atoll("sweep", "--remove")).code).toBe(2);
    expect((await atoll("sweep", "--remove", "--confirm", "2")).code).toBe(2);
  }, 60_000);

  test("knows the orphan from what has an owner", async () => {
    const { orphans, unproven } = await runtime.sweeps.look();
    expect(orphans.map(({ id }) => id)).toEqual([expect.stringMatching(`/${orphan}$`)]);
    expect(unproven).toEqual([]);
  }, 60_000);

  test("does with them what it did before, and removes them without a trace", async () => {
    await done("resume", "toko-paused");
    expect(await runtime.journal.drift("toko-paused")).toEqual([]);
    await done("pause", "toko-live");
    await done("resume", "toko-live");
    await cloud.clearLog();
    await done("repair", "toko-plain");
    // Nothing had to be changed, and no mail went out a second time.
    expect(await cloud.log({ writes: true })).toEqual([]);
    for (const { slug } of before) await done("destroy", slug);
    expect(await things(cloud)).not.toEqual(empty);
  }, 120_000);

  test("sweeps exactly what the killed hub left, when somebody confirms it", async () => {
    const { sweeps } = runtime;
    await cloud.plant({ provider: "supabase", name: "client-toko-live-prod-a1b2c3d4e5f6" });
    const look = await sweeps.look();
    expect(look.orphans).toEqual([
      expect.objectContaining({ kind: "github.repository", id: expect.stringMatching(`/${orphan}$`) }),
    ]);
    expect(look.unproven).toMatchObject([{ name: "client-toko-live-prod-a1b2c3d4e5f6" }]);
    expect(look.problems).toEqual([]);
    await expect(sweeps.remove({ confirm: 2 }, "test")).rejects.toMatchObject({ field: "confirm" });
    await sweeps.remove({ confirm: 1 }, "test");
    await sweeps.round();
    expect(await sweeps.removals()).toMatchObject([{ state: "removed", kind: "github.repository" }]);
    const { supabase, ...left } = await things(cloud);
    expect(left).toEqual(Object.fromEntries(Object.entries(empty).filter(([name]) => name !== "supabase")));
    // The look-alike is whoever's it is, and the only one.
    expect(supabase).toMatchObject({ projects: [{ name: "client-toko-live-prod-a1b2c3d4e5f6" }] });
    expect(await runtime.verifyAudit()).toMatchObject({ ok: true });
  }, 60_000);
});
