import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import type { InstanceBackups } from "@atoll/contract/schemas/backups";
import { listen } from "@atoll/hub/serve";
import { hubApp } from "@atoll/hub/server/app";
import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { atollIn } from "../support/atoll.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";

// The command line's verbs of backups and restores: in a process of its own, and by a hub that runs elsewhere.
const databaseUrl = await testDatabase();
const slug = "kept";
const sql = new pg.Pool({ connectionString: databaseUrl, max: 2 });
let cloud: TestCloud;
let hub: TestHub;
let served: { port: number; close(): Promise<void> };

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  hub = await testHub(
    { ATOLL_HOME: cloud.home, DATABASE_URL: databaseUrl, PATH: process.env.PATH },
    { worker: true },
  );
  const app = hubApp({ hub: hub.hub });
  served = await listen((request, bindings) => app.fetch(request, bindings), {
    host: "127.0.0.1",
    wanted: 0,
  });
  const answers = { name: "Kept", slug, adminEmail: `owner@${slug}.example`, currency: "IDR" };
  const run = await hub.as("operator").call("createInstance", { body: { blueprint: "shop", answers } });
  expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
}, 120_000);
afterAll(async () => {
  await served?.close();
  await hub?.stop();
  await sql.end();
  await cloud?.stop();
});

const alone = atollIn(
  () => cloud.home,
  () => ({ DATABASE_URL: databaseUrl }),
);
const by = (role: "operator" | "owner") =>
  atollIn(
    () => cloud.home,
    () => ({ ATOLL_URL: `http://127.0.0.1:${served.port}`, ATOLL_API_KEY: hub.keys.get(role) }),
  );
type Atoll = typeof alone;

const refOf = async () => {
  const things = await hub.runtime.journal.resources(slug);
  return String(things.find(({ kind }) => kind === "supabase.project")?.id);
};

async function ask(query: string): Promise<Record<string, unknown>[]> {
  const answer = await fetch(`${cloud.url}/supabase/v1/projects/${await refOf()}/database/query`, {
    method: "POST",
    headers: { authorization: `Bearer ${cloud.tokens.supabase}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Record<string, unknown>[]; // rows of the last statement
}

const customers = async () => (await ask("select count(*)::int as n from customers"))[0]?.n;
const addCustomer = () => ask("insert into customers (name, email) values ('More', 'more@x.example')");

/** Files of a backup that are in the storage. */
async function filesOf(id: string): Promise<string[]> {
  const { rows } = await sql.query<{ prefix: string }>("select prefix from atoll.backups where id = $1", [
    id,
  ]);
  const folder = path.join(cloud.home, "backups", rows[0]?.prefix ?? "");
  const all = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
  return all.filter((each) => each.isFile()).map(({ name }) => name);
}

async function well(atoll: Atoll, ...args: string[]) {
  const ended = await atoll(...args);
  expect(ended.code, ended.out + ended.err).toBe(0);
  return ended.json();
}

/** Wrong input: exit code 2, and what is wrong. */
async function refused(atoll: Atoll, ...args: string[]): Promise<unknown> {
  const ended = await atoll(...args);
  expect(ended.code, ended.out + ended.err).toBe(2);
  return ended.json().error;
}

const backUp = async (atoll: Atoll) => String((await well(atoll, "backup", slug)).run);
const listed = async (atoll: Atoll) =>
  (await well(atoll, "backup", "list", slug)).items as { id: string; state: string }[]; // `Backup`s

describe.each([
  ["alone", () => alone],
  ["by a hub that runs elsewhere", () => by("owner")],
])("%s", (_, atollOf) => {
  test("an instance is backed up, listed, checked and restored", async () => {
    const atoll = atollOf();
    const before = await customers();
    const id = await backUp(atoll);
    expect((await listed(atoll))[0]).toMatchObject({ id, state: "verified" });
    expect(await well(atoll, "backup", "check", slug)).toMatchObject({ items: expect.any(Array) });
    await addCustomer();
    const plan = await atoll("restore", slug, "newest", "--plan");
    expect(plan.code, plan.err).toBe(3);
    expect(plan.json()).toMatchObject({ backup: id });
    expect(await refused(atoll, "restore", slug, id)).toMatchObject({ field: "confirm" });
    expect(await well(atoll, "restore", slug, "newest", "--confirm", slug)).toMatchObject({
      state: "succeeded",
    });
    expect(await customers()).toBe(before);
  }, 120_000);
});

test("the provider takes the project back to what it keeps, and says what it cannot", async () => {
  const atoll = by("owner");
  const before = await customers();
  await cloud.plant({ provider: "supabase", backup: await refOf() });
  const { provider } = (await well(atoll, "backup", "list", slug)) as unknown as InstanceBackups;
  const id = provider.items[0]?.id ?? "";
  await addCustomer();
  const wanted = ["restore", slug, "--provider", id];
  const plan = await atoll(...wanted, "--plan");
  expect(plan.json()).toMatchObject({
    items: expect.arrayContaining([expect.objectContaining({ step: "project", does: "update" })]),
  });
  expect(await refused(atoll, ...wanted)).toMatchObject({ field: "confirm" });
  expect(await well(atoll, ...wanted, "--without-safety", "--confirm", slug)).toMatchObject({
    state: "succeeded",
  });
  expect(await customers()).toBe(before);
  const moment = await atoll("restore", slug, "--at", new Date().toISOString(), "--plan");
  expect((moment.json().items as object[])[0]).toMatchObject({ step: "check", does: "blocked" }); // plan items
}, 120_000);

test("a backup is removed with its files and a row in the audit log; the last verified one by force", async () => {
  const atoll = by("owner");
  const keep = await backUp(atoll);
  expect((await filesOf(keep)).length).toBeGreaterThan(0);
  for (const { id } of (await listed(atoll)).filter((each) => each.id !== keep))
    expect(await well(atoll, "backup", "remove", slug, id, "--confirm", slug)).toMatchObject({
      state: "removed",
    });
  expect((await listed(atoll)).map(({ id }) => id)).toEqual([keep]);
  const wanted = ["backup", "remove", slug, keep];
  expect(await refused(atoll, ...wanted)).toMatchObject({ field: "confirm" });
  expect(await refused(atoll, "backup", "remove", "other", keep, "--confirm", "other")).toMatchObject({
    field: "confirm",
  });
  expect(await refused(atoll, ...wanted, "--confirm", slug)).toMatchObject({ field: "force" });
  expect(await listed(atoll)).toHaveLength(1);
  await well(atoll, ...wanted, "--confirm", slug, "--force");
  expect(await listed(atoll)).toEqual([]);
  expect(await filesOf(keep)).toEqual([]);
  const { rows } = await sql.query(
    "select actor <> 'hub' as asked from atoll.audit where action = 'backup.remove' and details ->> 'backup' = $1",
    [keep],
  );
  expect(rows).toEqual([{ asked: true }]);
  // Asked again, it is gone already; alone, whoever has the hub's key is its owner.
  expect(await well(alone, ...wanted, "--confirm", slug)).toMatchObject({ state: "removed" });
  expect(await refused(atoll, "restore", slug, keep, "--confirm", slug)).toMatchObject({ field: "backup" });
}, 120_000);

test("only an owner removes a backup, and nobody one that a run goes on with", async () => {
  const id = await backUp(by("operator"));
  const ended = await by("operator")("backup", "remove", slug, id, "--confirm", slug, "--force");
  expect(ended.code).not.toBe(0);
  expect((await listed(by("operator"))).map((each) => each.id)).toContain(id);
  await sql.query("update atoll.runs set state = 'running' where id = $1", [id]);
  expect(
    await refused(by("owner"), "backup", "remove", slug, id, "--confirm", slug, "--force"),
  ).toMatchObject({ field: "backup" });
  await sql.query("update atoll.runs set state = 'succeeded' where id = $1", [id]);
}, 120_000);

test("a mistyped line says what is wrong with it", async () => {
  const lines = [
    [],
    ["newest", "--provider", "1"],
    ["--provider", "1", "--as", "other"],
    ["newest", "--as", "other", "--plan"],
    ["no-such", "--confirm", slug],
    ["--at", "yesterday", "--plan"],
  ];
  await Promise.all(lines.map((args) => refused(by("operator"), "restore", slug, ...args)));
  await refused(by("operator"), "backup", "list", "nobody");
  await refused(by("operator"), "backup", "check", "nobody");
}, 120_000);
