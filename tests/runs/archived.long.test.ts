import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import { createClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { hashedRows } from "../support/hashed-rows.ts";

// One client's instance with files and edited workflows: restored, put away, and brought back.
const databaseUrl = await testDatabase();
const slug = "toko-away";
let cloud: TestCloud;
let hub: TestHub;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits", "--site-port", "15850"]);
  hub = await testHub(
    { ATOLL_HOME: cloud.home, DATABASE_URL: databaseUrl, PATH: process.env.PATH },
    { worker: true },
  );
  const answers = { name: "Toko Away", slug, adminEmail: `owner@${slug}.example` };
  const run = await hub.as("operator").call("createInstance", { body: { blueprint: "business", answers } });
  expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
}, 120_000);
afterAll(async () => {
  await hub?.stop();
  await cloud?.stop();
});

type Kind = "backup" | "restore" | "pause" | "archive" | "repair";

async function run(kind: Kind, input: object = {}) {
  const isAsked = kind === "restore" || kind === "archive";
  const body = {
    kind,
    ...(kind !== "repair" && { input: { ...input } }),
    ...(isAsked && { confirm: slug }),
  };
  const started = await hub.as("operator").call("startRun", { params: { slug }, body });
  return hub.runtime.journal.wait(started.id);
}

async function backUp(): Promise<string> {
  const ended = await run("backup");
  expect(ended).toMatchObject({ state: "succeeded", owed: [] });
  return ended.id;
}

async function ask(query: string, name = slug): Promise<Record<string, unknown>[]> {
  const things = await hub.runtime.journal.resources(name);
  const { ref = "" } = Object(things.find(({ kind }) => kind === "supabase.project")?.attrs) as {
    ref?: string;
  }; // as its adapter keeps it
  const answer = await fetch(`${cloud.url}/supabase/v1/projects/${ref}/database/query`, {
    method: "POST",
    headers: { authorization: `Bearer ${cloud.tokens.supabase}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  if (answer.status !== 201) throw new Error(await answer.text());
  return (await answer.json()) as Record<string, unknown>[];
}

/** Every table's rows counted and hashed, those of accounts too. */
const rowsOf = (name = slug) => hashedRows((query) => ask(query, name));

/** Somebody sets another timezone in so many of an instance's workflows. */
async function changeWorkflows(name: string, count: number): Promise<void> {
  const things = (await hub.runtime.journal.resources(name)).filter(({ kind }) => kind === "n8n.workflow");
  for (const { id } of things.slice(0, count)) {
    const url = `${cloud.url}/n8n/api/v1/workflows/${id.split("/")[0]}`;
    const headers = { "X-N8N-API-KEY": cloud.tokens.n8n, "content-type": "application/json" };
    const found = (await (await fetch(url, { headers })).json()) as Record<string, object>; // as n8n shows it
    const { nodes, connections, settings } = found;
    const body = {
      name: found.name,
      nodes,
      connections,
      settings: { ...settings, timezone: "Asia/Jakarta" },
    };
    expect((await fetch(url, { method: "PUT", headers, body: JSON.stringify(body) })).status).toBe(200);
  }
}

/** The Storage of an instance, as its secret key opens it. */
async function storageOf(name = slug) {
  const attrs = async (kind: string) =>
    (await hub.runtime.journal.resources(name)).find((each) => each.kind === kind)?.attrs as
      | { url: string; secret: { expose(): string } }
      | undefined; // as its adapters keep them
  const { url = "" } = (await attrs("supabase.project")) ?? {};
  const secret = (await attrs("supabase.api-keys"))?.secret.expose() ?? "";
  return createClient(url, secret, { auth: { persistSession: false, autoRefreshToken: false } }).storage;
}

async function contentOf(file: string, name = slug): Promise<Buffer | undefined> {
  const { data } = await (await storageOf(name)).from("papers").download(file);
  return data === null ? undefined : Buffer.from(await data.arrayBuffer());
}

// Of several parts, so that it is put together again.
const plan = Buffer.alloc(9 * 2 ** 20, "a plan of the house, ");

test("stored files come back with a restore, whatever became of them", async () => {
  await ask(`insert into public.contacts (organization_id, first_name)
    select o.id, 'Person ' || n from generate_series(1, 50) n, (select id from public.organizations limit 1) o`);
  const storage = await storageOf();
  expect((await storage.createBucket("papers", { public: false })).error).toBeNull();
  const papers = storage.from("papers");
  const put = (file: string, content: Buffer | string) =>
    papers.upload(file, content, { upsert: true, contentType: "text/plain", cacheControl: "60" });
  for (const file of ["plan of house.txt", "deeds/of land (1).txt", "kept.txt"])
    expect((await put(file, file === "kept.txt" ? "kept" : plan)).error).toBeNull();
  const id = await backUp();
  await put("plan of house.txt", "another plan");
  await papers.remove(["deeds/of land (1).txt"]);
  await put("later.txt", "of later");
  expect(await run("restore", { backup: id })).toMatchObject({ state: "succeeded", owed: [] });
  expect((await contentOf("plan of house.txt"))?.equals(plan)).toBe(true);
  expect((await contentOf("deeds/of land (1).txt"))?.equals(plan)).toBe(true);
  expect(String(await contentOf("later.txt"))).toBe("of later");
  const { data } = await papers.info("deeds/of land (1).txt");
  expect(data).toMatchObject({ contentType: "text/plain", cacheControl: "max-age=60" });
  // One that fails after its files were put back puts them as they were, too.
  await put("kept.txt", "changed");
  await changeWorkflows(slug, 1);
  await cloud.fault({ provider: "n8n", method: "PUT", path: "*", kind: "reject", times: 50 });
  expect(await run("restore", { backup: id })).toMatchObject({ state: "undone", owed: [] });
  expect(String(await contentOf("kept.txt"))).toBe("changed");
  await cloud.heal();
}, 60_000);

test("archived, it leaves a verified backup and an export, and comes back from the backup with every row", async () => {
  await changeWorkflows(slug, 1);
  const before = await rowsOf();
  expect(await run("pause")).toMatchObject({ state: "succeeded" });
  const archived = await run("archive");
  expect(archived).toMatchObject({ state: "succeeded" });
  const { items } = await hub.as("viewer").call("listExports", { params: { slug } });
  expect(items).toMatchObject([{ id: archived.id, state: "ready", why: "archived", form: "archive" }]);
  const { remains, things } = await hub.as("viewer").call("showProof", { params: { id: archived.id } });
  expect(remains.filter((each) => each.includes(archived.id))).toHaveLength(2);
  expect(things.filter(({ kind }) => /^(backup|export)/.test(kind))).toEqual([]);
  let bytes = 0;
  for await (const piece of hub.as("operator").download("downloadExport", { params: { id: archived.id } }))
    bytes += piece.length;
  expect(bytes).toBeGreaterThan(items[0]?.sizeBytes ?? 0);

  // It is empty after the repair: the backup fills it.
  await expect(run("restore", { backup: archived.id })).rejects.toMatchObject({
    problem: { next: expect.stringContaining("Repair it first") },
  });
  expect(await run("repair")).toMatchObject({ state: "succeeded" });
  expect(await rowsOf()).not.toEqual(before);
  const restored = await run("restore", { backup: archived.id });
  expect(restored).toMatchObject({ state: "succeeded", owed: [] });
  expect(await rowsOf()).toEqual(before);
  expect((await contentOf("plan of house.txt"))?.equals(plan)).toBe(true);
  // Its workflows are as they were edited, and call the project that was made anew.
  const drift = await hub.runtime.journal.drift(slug);
  const paths = drift.flatMap(({ changes }) => changes.map(({ path }) => path));
  // The edit is told of the workflow, and of the copy of it that is kept in the operations repository.
  expect([...new Set(paths)].toSorted()).toEqual(["settings.timezone", "workflows/crm.json"]);
  expect(await hub.runtime.vaults.drift(slug)).toEqual([]);
}, 120_000);
