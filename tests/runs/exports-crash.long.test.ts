import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { unpackTar } from "@atoll/archive/tar";
import type { PausePoint } from "@atoll/engine/options";
import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { keepWorkers } from "../support/workers.ts";

// The worker dies with -9 at each of these moments, once; and in the middle of rows, whenever that is.
type Moment = [point: PausePoint, step: string];
const ofExport: Moment[] = [
  ["intent-committed", "archive"],
  ["applied-not-recorded", "archive"],
  ["recorded", "archive"],
  ["applied-not-recorded", "check"],
  ["run-ending", ""],
];
const ofImport: Moment[] = [
  ["applied-not-recorded", "check"],
  ["applied-not-recorded", "keep"],
  ["intent-committed", "load"],
  ["applied-not-recorded", "load"],
  ["applied-not-recorded", "tidy"],
  ["run-ending", ""],
];
const rows = 120_000;
const adminEmail = "owner@crash.example";
const databaseUrl = await testDatabase();
const deathsUrl = await testDatabase();
const sql = new pg.Pool({ connectionString: deathsUrl, max: 2 });
const storage = mkdtempSync(path.join(tmpdir(), "atoll-exports-crash-"));
let cloud: TestCloud;
let hub: TestHub;
let workers: Awaited<ReturnType<typeof keepWorkers>>;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  await sql.query("create table deaths (run_id text, point text, step text)");
  const env = { ATOLL_HOME: cloud.home, ATOLL_BACKUPS: storage };
  hub = await testHub({ ...env, DATABASE_URL: databaseUrl, PATH: process.env.PATH }, { worker: false });
  const program = new URL("../support/operations-worker.ts", import.meta.url);
  workers = await keepWorkers({ hub: databaseUrl, cloud, deaths: deathsUrl, program, env }, 1);
}, 120_000);
afterAll(async () => {
  await workers?.stop();
  await sql.end();
  await hub?.stop();
  await cloud?.stop();
  rmSync(storage, { recursive: true, force: true });
});

async function provision(slug: string): Promise<void> {
  const answers = { name: slug, slug, adminEmail, currency: "IDR" };
  const run = await hub.as("operator").call("createInstance", { body: { blueprint: "shop", answers } });
  expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
}

async function byHand(slug: string, query: string): Promise<Record<string, unknown>[]> {
  const resources = await hub.runtime.journal.resources(slug);
  const ref = resources.find(({ kind }) => kind === "postgres.schema")?.id;
  const answer = await fetch(`${cloud.url}/supabase/v1/projects/${ref}/database/query`, {
    method: "POST",
    headers: { authorization: `Bearer ${cloud.tokens.supabase}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Record<string, unknown>[]; // rows of the last statement
}

/** What an instance holds, in one line. */
async function sumOf(slug: string): Promise<unknown> {
  const [row] = await byHand(
    slug,
    `select (select count(*) from customers) as n, (select md5(string_agg(t::text, ',' order by id)) from customers t) as sum,
      (select string_agg(email, ',' order by email) from auth.users) as users`,
  );
  return row;
}

async function start(kind: "export" | "import", slug: string, input: object, moment?: Moment) {
  const { id = "" } = (await hub.runtime.journal.find(slug)) ?? {};
  const run = `${id}-${(await hub.runtime.journal.runs(slug)).length + 1}`;
  if (moment) await sql.query("insert into deaths values ($1, $2, $3)", [run, ...moment]);
  const started = await hub
    .as("operator")
    .call("startRun", { params: { slug }, body: { kind, input: { ...input } } });
  expect(started.id).toBe(run);
  return run;
}

async function tarOf(id: string): Promise<Blob> {
  const pieces: Uint8Array[] = [];
  for await (const piece of hub.as("operator").download("downloadExport", { params: { id } }))
    pieces.push(piece);
  return new Blob(pieces.map((piece) => new Uint8Array(piece)));
}

/** What its manifest says of the moment of its rows. */
async function momentOf(tar: Blob): Promise<unknown> {
  const limits = { files: 10_000, fileBytes: 2 ** 28, bytes: 2 ** 30 };
  let manifest = Buffer.alloc(0);
  for await (const { name, content } of unpackTar(tar.stream(), limits)) {
    const pieces: Uint8Array[] = [];
    for await (const piece of content) pieces.push(piece);
    if (name.endsWith("/manifest.json")) manifest = Buffer.concat(pieces);
  }
  return JSON.parse(manifest.toString("utf8")).moment;
}

/** Kills the worker as soon as something is so; false when the run ended before. */
async function killWhen(run: string, isSo: () => boolean): Promise<boolean> {
  for (;;) {
    if (isSo()) break;
    const { state } = (await hub.runtime.journal.run(run)) ?? {};
    if (state === "succeeded" || state === "undone" || state === "failed") return false;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  workers.kill();
  return true;
}

test("exports and imports end well, whenever the worker dies", async () => {
  try {
    await Promise.all(
      ["source-one", ...ofImport.map((_, n) => `into-${n}`), "into-middle", "into-cancelled"].map((slug) =>
        provision(slug),
      ),
    );
    await byHand(
      "source-one",
      `insert into customers (name, email) select 'Customer ' || n || repeat(md5(n::text), 4), 'c' || n || '@customer.example' from generate_series(1, ${rows}) n`,
    );
    const whole = await sumOf("source-one");

    let exported = "";
    for (const moment of ofExport) {
      const before = workers.deaths();
      exported = await start("export", "source-one", {}, moment);
      expect(await hub.runtime.journal.wait(exported), moment.join()).toMatchObject({ state: "succeeded" });
      expect(workers.deaths(), moment.join()).toBe(before + 1);
    }
    // In the middle of rows: a part is there, and the manifest is not.
    exported = await start("export", "source-one", {});
    const place = path.join(storage, "exports", exported);
    const isUnderWay = () =>
      existsSync(path.join(place, "tables")) &&
      readdirSync(path.join(place, "tables")).some((name) => name.endsWith(".sealed"));
    expect(await killWhen(exported, isUnderWay)).toBe(true);
    expect(await hub.runtime.journal.wait(exported)).toMatchObject({ state: "succeeded" });

    const tar = await tarOf(exported);
    // So small a one began again: all its rows are of one moment.
    expect(await momentOf(tar)).toMatchObject({ is: "one" });
    const send = () => hub.as("operator").call("uploadArchive", { body: tar });
    for (const [n, moment] of ofImport.entries()) {
      const slug = `into-${n}`;
      const before = workers.deaths();
      const run = await start("import", slug, { upload: (await send()).id }, moment);
      expect(await hub.runtime.journal.wait(run), moment.join()).toMatchObject({ state: "succeeded" });
      expect(workers.deaths(), moment.join()).toBe(before + 1);
      expect(await sumOf(slug), moment.join()).toEqual(whole);
    }
    // While rows go in: what was there before is kept, and the run has not ended.
    const run = await start("import", "into-middle", { upload: (await send()).id });
    const kept = path.join(storage, "imports", run, "manifest.json.sealed");
    expect(await killWhen(run, () => existsSync(kept))).toBe(true);
    expect(await hub.runtime.journal.wait(run)).toMatchObject({ state: "succeeded" });
    expect(await sumOf("into-middle")).toEqual(whole);

    // Cancelled after its rows were in, while nobody works: what was there before comes back.
    const before = await sumOf("into-cancelled");
    const dead = workers.deaths();
    const moment: Moment = ["applied-not-recorded", "load"];
    const { id: upload } = await send();
    const cancelled = await start("import", "into-cancelled", { upload }, moment);
    await expect.poll(() => workers.deaths(), { timeout: 60_000 }).toBe(dead + 1);
    await hub.as("operator").call("cancelRun", { params: { id: cancelled } });
    await expect
      .poll(async () => (await hub.runtime.journal.run(cancelled))?.state, { timeout: 60_000 })
      .toBe("undone");
    expect(await sumOf("into-cancelled")).toEqual(before);
    await hub.as("operator").call("removeUpload", { params: { id: upload } });

    // Nothing is left of what imports kept or were sent.
    for (const left of ["imports", "uploads"]) {
      const names = readdirSync(path.join(storage, left), { recursive: true, withFileTypes: true });
      expect(
        names.filter((each) => each.isFile()).map(({ name }) => name),
        left,
      ).toEqual([]);
    }
  } catch (error) {
    console.log(workers.log().slice(-20).join("\n"));
    throw error;
  }
}, 400_000);
