import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { things } from "../support/things.ts";

// One client's instance as an operator lives with it: paused, resumed, put away, brought back, removed.
const databaseUrl = await testDatabase();
const slug = "toko-life";
const email = `owner@${slug}.example`;
const sql = new pg.Pool({ connectionString: databaseUrl, max: 2 });
let cloud: TestCloud;
let hub: TestHub;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits", "--site-port", "15740"]);
  hub = await testHub(
    { ATOLL_HOME: cloud.home, DATABASE_URL: databaseUrl, PATH: process.env.PATH },
    { worker: true },
  );
  await make(slug);
}, 120_000);
afterAll(async () => {
  await hub?.stop();
  await sql.end();
  await cloud?.stop();
});

async function make(name: string): Promise<void> {
  const answers = { name: `Client ${name}`, slug: name, adminEmail: `owner@${name}.example` };
  const run = await hub.as("operator").call("createInstance", { body: { blueprint: "business", answers } });
  expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
}

type Kind = "pause" | "resume" | "archive" | "repair" | "destroy";

async function start(kind: Kind, name = slug, more: { input?: object; now?: boolean } = {}) {
  const confirm = kind === "archive" || kind === "destroy" ? { confirm: name } : {};
  const { input, ...rest } = more;
  return hub.as("owner").call("startRun", {
    params: { slug: name },
    body: { kind, ...confirm, ...rest, ...(input && { input: { ...input } }) },
  });
}
const run = async (...asked: Parameters<typeof start>) =>
  hub.runtime.journal.wait((await start(...asked)).id);

const stateOf = async (name = slug) =>
  (await hub.as("viewer").call("showInstance", { params: { slug: name } })).state;
const attrsOf = async (kind: string, name = slug) =>
  (await hub.runtime.journal.resources(name)).find((each) => each.kind === kind)?.attrs as
    | Record<string, string>
    | undefined; // as its adapter keeps them
const visit = async (url: string) => (await fetch(url)).status;

/** What the resolver says, once it has heard of the newest change. */
async function resolved(status: number, name = slug) {
  await expect
    .poll(async () => (await hub.send(`/resolve?instance=${name}`)).status, { timeout: 10_000 })
    .toBe(status);
  return (await (await hub.send(`/resolve?instance=${name}`)).json()) as Record<string, unknown>;
}

async function workflows(): Promise<Record<string, boolean>> {
  const { n8n } = (await cloud.inventory()) as { n8n: { workflows: { name: string; active: boolean }[] } }; // as its emulator shows it
  const ours = n8n.workflows.filter((each) => each.name.startsWith(`${slug} `));
  return Object.fromEntries(ours.map(({ name, active }) => [name, active]));
}

/** Every table's rows counted and hashed, those of sign-ins too, but for what a sign-in itself changes. */
async function dump(): Promise<Record<string, string>> {
  const { ref } = (await attrsOf("supabase.project")) ?? {};
  const ask = async (query: string) => {
    const answer = await fetch(`${cloud.url}/supabase/v1/projects/${ref}/database/query`, {
      method: "POST",
      headers: { authorization: `Bearer ${cloud.tokens.supabase}`, "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    if (answer.status !== 201) throw new Error(await answer.text());
    return (await answer.json()) as Record<string, string>[];
  };
  const tables = await ask("select tablename as name from pg_tables where schemaname = 'public' order by 1");
  const rows: Record<string, string> = {};
  for (const { name } of [...tables, { name: "users" }]) {
    const table = name === "users" ? "auth.users" : `public."${name}"`;
    const text =
      name === "users" ? "id::text || email::text || coalesce(encrypted_password::text, '')" : "x::text";
    const [row] = await ask(
      `select count(*)::text || ' ' || coalesce(md5(string_agg(${text}, '|' order by ${text})), '') as seen from ${table} x`,
    );
    rows[table] = row?.seen ?? "";
  }
  return rows;
}

async function signIn(client: SupabaseClient): Promise<string> {
  const password = (await hub.runtime.journal.secret(slug, "temporaryPassword"))?.expose() ?? "";
  const { data, error } = await client.auth.signInWithPassword({ email, password });
  expect(error).toBeNull();
  return data.user?.id ?? "";
}

async function supabase(): Promise<SupabaseClient> {
  const { url = "" } = (await attrsOf("supabase.project")) ?? {};
  const { publishable = "" } = (await attrsOf("supabase.api-keys")) ?? {};
  return createClient(url, publishable, { auth: { persistSession: false, autoRefreshToken: false } });
}

describe("a pause", () => {
  test("stops site and workflows, keeps data and sign-ins, and the resume brings back what was", async () => {
    const url = (await hub.runtime.urlOf(slug)) ?? "";
    const [stood = ""] = Object.keys(await workflows());
    const id = (await hub.runtime.journal.resources(slug)).find((each) => each.name === stood)?.id;
    await fetch(`${cloud.url}/n8n/api/v1/workflows/${id?.split("/")[0]}/deactivate`, {
      method: "POST",
      headers: { "X-N8N-API-KEY": cloud.tokens.n8n },
    });
    const before = await workflows();
    expect(Object.values(before)).toContain(true);
    expect(before[stood]).toBe(false);
    const client = await supabase();
    const user = await signIn(client);
    const data = await dump();
    const ids = (await hub.runtime.journal.resources(slug)).map((each) => each.id);
    expect(await visit(url)).toBe(200);

    const plan = await hub.as("operator").call("planRun", { params: { slug }, body: { kind: "pause" } });
    expect(plan.items.map(({ kind, does }) => `${kind} ${does}`)).toContain("vercel.project update");
    expect(plan.items.map(({ kind }) => kind)).not.toContain("supabase.project");
    expect(await run("pause")).toMatchObject({ state: "succeeded" });
    expect(await stateOf()).toBe("paused");
    expect(await visit(url)).toBe(503);
    expect(Object.values(await workflows())).not.toContain(true);
    expect(await resolved(503)).toMatchObject({ instance: { subdomain: slug, status: "paused" } });
    expect(await signIn(client)).toBe(user);
    expect(await hub.runtime.journal.drift(slug)).toEqual([]);
    await expect(start("repair")).rejects.toMatchObject({ problem: { status: 422 } });

    expect(await run("resume")).toMatchObject({ state: "succeeded" });
    expect(await stateOf()).toBe("live");
    expect(await hub.runtime.urlOf(slug)).toBe(url);
    expect(await visit(url)).toBe(200);
    await resolved(200);
    expect(await workflows()).toEqual(before);
    expect(await signIn(client)).toBe(user);
    expect(await dump()).toEqual(data);
    expect((await hub.runtime.journal.resources(slug)).map((each) => each.id)).toEqual(ids);
    // Unpublished behind our back, before the pause: that a repair sees to, no resume.
    expect(await hub.runtime.journal.drift(slug)).toMatchObject([{ name: stood }]);
    expect(await run("repair")).toMatchObject({ state: "succeeded" });
  }, 120_000);

  test("that asks for the database pauses it where its plan has that", async () => {
    const client = await supabase();
    const user = await signIn(client);
    const paused = await run("pause", slug, { input: { database: true } });
    expect(paused).toMatchObject({ state: "succeeded", input: { database: true } });
    const note = paused.steps.find(({ kind }) => kind === "supabase.project")?.note;
    expect(await run("resume")).toMatchObject({ state: "succeeded" });
    expect(await signIn(client)).toBe(user);
    expect(note).toMatchObject({ was: expect.stringMatching(/^(going|refused)$/) });
    await expect(start("pause", slug, { input: { database: "yes" } })).rejects.toMatchObject({
      problem: { field: "database" },
    });
  }, 120_000);

  test("that fails takes back what it did", async () => {
    const before = await workflows();
    await cloud.fault({ provider: "n8n", method: "POST", path: "*/unpublish", kind: "reject", times: 50 });
    expect(await run("pause")).toMatchObject({ state: "undone", owed: [] });
    await cloud.heal();
    expect(await stateOf()).toBe("live");
    expect(await visit((await hub.runtime.urlOf(slug)) ?? "")).toBe(200);
    expect(await workflows()).toEqual(before);
  }, 120_000);

  test("that cannot be taken back is resumed; a repair is refused, since it would leave it halted", async () => {
    const before = await workflows();
    await cloud.fault({ provider: "n8n", method: "POST", path: "*/unpublish", kind: "reject", times: 50 });
    await cloud.fault({ provider: "vercel", method: "POST", path: "*/unpause", kind: "reject", times: 50 });
    const failed = await run("pause");
    expect(failed).toMatchObject({ state: "failed", owed: [{ step: "site" }] });
    await cloud.heal();
    expect(await stateOf()).toBe("failed");
    await expect(start("repair")).rejects.toMatchObject({
      problem: { title: expect.stringContaining("site could not be taken back") },
    });
    expect(await run("resume")).toMatchObject({ state: "succeeded" });
    expect(await stateOf()).toBe("live");
    expect(await visit((await hub.runtime.urlOf(slug)) ?? "")).toBe(200);
    expect(await workflows()).toEqual(before);
    // What goes on has nothing to resume.
    await expect(start("resume")).rejects.toMatchObject({
      problem: { field: "slug", title: expect.stringContaining("live") },
    });
    expect(await stateOf()).toBe("live");
  }, 120_000);
});

describe("a removal", () => {
  async function coolingOff(coolingOffHours: number): Promise<void> {
    const owner = hub.as("owner");
    const { answer, etag } = await owner.callTagged("showSettings", {});
    await owner.call("changeSettings", { body: { ...answer, coolingOffHours } }, { ifMatch: etag ?? "" });
  }

  test("that cools off removes nothing, is cancelled without a trace, and is done at once for owners", async () => {
    const name = "toko-cool";
    await make(name);
    await coolingOff(1);
    const url = (await hub.runtime.urlOf(name)) ?? "";
    const cooling = await start("destroy", name);
    expect(Date.parse(cooling.notBefore ?? "") - Date.now()).toBeGreaterThan(3_000_000);
    await expect.poll(() => stateOf(name)).toBe("removing");
    expect(await visit(url)).toBe(200);
    await hub.as("operator").call("cancelRun", { params: { id: cooling.id } });
    expect(await stateOf(name)).toBe("live");
    expect(await hub.runtime.journal.drift(name)).toEqual([]);

    await expect(
      hub.as("operator").call("startRun", {
        params: { slug: name },
        body: { kind: "destroy", confirm: name, now: true },
      }),
    ).rejects.toMatchObject({ problem: { status: 403, field: "now" } });
    const again = await start("destroy", name);
    await expect.poll(() => stateOf(name)).toBe("removing");
    const ids = (await hub.runtime.journal.resources(name)).map(({ id }) => id).sort();
    const removed = await run("destroy", name, { now: true });
    expect(removed).toMatchObject({ state: "succeeded" });
    expect(removed.id).not.toBe(again.id);
    const proof = await hub.as("viewer").call("showProof", { params: { id: removed.id } });
    expect(proof).toMatchObject({ instance: name, isWhole: true });
    expect(proof.things.map(({ id }) => id).sort()).toEqual(ids);
    expect(new Set(proof.things.map(({ is }) => is))).toEqual(new Set(["absent"]));
    expect(proof.remains.join()).toContain("slug stays reserved");
    const { rows } = await sql.query(
      "select actor, details from atoll.audit where action = 'instance.destroy-now' and subject = $1",
      [`instance/${name}`],
    );
    expect(rows).toMatchObject([{ details: { coolingOffHours: 1 } }]);
    await coolingOff(0);
    expect(JSON.stringify(await things(cloud))).not.toContain(name);
  }, 120_000);

  test("proves nothing of runs that remove nothing", async () => {
    const [first] = await hub.runtime.journal.runs(slug);
    await expect(
      hub.as("viewer").call("showProof", { params: { id: first?.id ?? "" } }),
    ).rejects.toMatchObject({
      problem: { title: expect.stringContaining("removes nothing") },
    });
  });
});

describe("an archive", () => {
  test("asks for a verified backup, puts everything away, and a repair makes it anew", async () => {
    await expect(start("archive")).rejects.toMatchObject({ problem: { field: "withoutBackup" } });
    expect(await stateOf()).toBe("live");
    const url = (await hub.runtime.urlOf(slug)) ?? "";
    expect(await visit(url)).toBe(200);

    const alone = hub.as("operator").call("startRun", {
      params: { slug },
      body: { kind: "archive", confirm: slug, input: { withoutBackup: true } },
    });
    await expect(alone).rejects.toMatchObject({ problem: { status: 403, field: "withoutBackup" } });
    const plan = await hub.as("operator").call("planRun", {
      params: { slug },
      body: { kind: "archive", input: { withoutBackup: true } },
    });
    const does = new Map(plan.items.map((each) => [each.kind, each.does]));
    expect(Object.fromEntries(does)).toMatchObject({
      "vercel.project": "remove",
      "n8n.workflow": "remove",
      "supabase.project": "remove",
      "github.repository": "update",
    });
    const archived = await run("archive", slug, { input: { withoutBackup: true } });
    expect(archived).toMatchObject({ state: "succeeded" });
    expect(await stateOf()).toBe("archived");
    await resolved(410);
    expect(await workflows()).toEqual({});
    const { github, supabase: left } = (await cloud.inventory()) as {
      github: { repositories: { name: string; archived: boolean }[] };
      supabase: { projects: { name: string }[] };
    }; // as their emulators show them
    expect(github.repositories.find(({ name }) => name.endsWith(`client-${slug}`))?.archived).toBe(true);
    expect(left.projects.filter(({ name }) => name.includes(slug))).toEqual([]);
    const proof = await hub.as("viewer").call("showProof", { params: { id: archived.id } });
    expect(proof.isWhole).toBe(true);
    const seen = Object.fromEntries(proof.things.map(({ kind, is }) => [kind, is]));
    expect(seen).toMatchObject({
      "vercel.project": "absent",
      "vercel.deployment": "absent",
      "supabase.auth-config": "absent",
      "supabase.project": "absent",
      "github.repository": "retired",
      "gitea.folder": "kept",
    });
    await expect(start("pause")).rejects.toMatchObject({ problem: { status: 422 } });

    expect(await run("repair")).toMatchObject({ state: "succeeded" });
    expect(await stateOf()).toBe("live");
    expect(await visit((await hub.runtime.urlOf(slug)) ?? "")).toBe(200);
    expect(await hub.runtime.journal.drift(slug)).toEqual([]);
    await signIn(await supabase());
  }, 120_000);

  test("of what is paused goes on only with the backup that it made and restored for a trial", async () => {
    expect(await run("pause")).toMatchObject({ state: "succeeded" });
    const archived = await run("archive");
    expect(archived).toMatchObject({ state: "succeeded" });
    const { items } = await hub.as("viewer").call("listBackups", { query: { slug, limit: 10 } });
    expect(items).toMatchObject([{ state: "verified", id: archived.id }]);
    expect(await stateOf()).toBe("archived");
    expect(await run("repair")).toMatchObject({ state: "succeeded" });
    expect(await stateOf()).toBe("live");
  }, 120_000);

  test("that stops on the way leaves it failed, and is gone on with", async () => {
    await cloud.fault({ provider: "vercel", method: "DELETE", path: "*", kind: "reject", times: 50 });
    const stopped = await run("archive", slug, { input: { withoutBackup: true } });
    expect(stopped).toMatchObject({ state: "failed", owed: [] });
    expect(await stateOf()).toBe("failed");
    await cloud.heal();
    await hub.as("operator").call("retryRun", { params: { id: stopped.id } });
    expect(await hub.runtime.journal.wait(stopped.id)).toMatchObject({ state: "succeeded" });
    expect(await stateOf()).toBe("archived");
    const proof = await hub.as("viewer").call("showProof", { params: { id: stopped.id } });
    expect(proof.things.filter(({ is }) => is === "failed" || is === "open")).toEqual([]);
    expect(await run("destroy")).toMatchObject({ state: "succeeded" });
    expect(JSON.stringify(await things(cloud))).not.toContain(slug);
  }, 120_000);
});
