import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { atollIn } from "../support/atoll.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";

const databaseUrl = await testDatabase();
const sql = new pg.Pool({ connectionString: databaseUrl, max: 2 });
const slug = "toko-check";
let cloud: TestCloud;
let hub: TestHub;
/** By step: the provider's id. */
let ids: Record<string, string>;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits", "--site-port", "15700"]);
  hub = await testHub(
    { ATOLL_HOME: cloud.home, DATABASE_URL: databaseUrl, PATH: process.env.PATH },
    { worker: true },
  );
  const answers = { name: "Toko Check", slug, adminEmail: `owner@${slug}.example` };
  const run = await hub.as("operator").call("createInstance", { body: { blueprint: "business", answers } });
  expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
  const { items } = await hub.as("viewer").call("listResources", { params: { slug } });
  expect(items.filter(({ brought }) => brought)).toEqual([]); // of things that come with others, too
  ids = Object.fromEntries(items.map(({ step, id }) => [step, id]));
});
afterAll(async () => {
  await hub?.stop();
  await sql.end();
  await cloud?.stop();
});

const check = () => hub.as("operator").call("checkInstance", { params: { slug } });

/** Lines that are neither well nor beside the point, by name: what each says. */
async function wrong(): Promise<Record<string, string>> {
  const { lines } = await check();
  return Object.fromEntries(
    lines
      .filter(({ result }) => result === "failed" || result === "waiting")
      .map(({ check: name, result, what, next }) => [
        name,
        `${result}: ${what} ${next ?? "(nothing to do)"}`,
      ]),
  );
}

beforeEach(async () => expect(await wrong()).toEqual({}));

const ref = () => ids.project ?? "";

/** SQL as the project's owner, by the Management API: what somebody does by hand. */
async function byHand(query: string): Promise<void> {
  const answer = await fetch(`${cloud.url}/supabase/v1/projects/${ref()}/database/query`, {
    method: "POST",
    headers: { authorization: `Bearer ${cloud.tokens.supabase}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  if (answer.status !== 201) throw new Error(await answer.text());
}

async function secretKey(): Promise<string> {
  const keys = (await (
    await fetch(`${cloud.url}/supabase/v1/projects/${ref()}/api-keys?reveal=true`, {
      headers: { authorization: `Bearer ${cloud.tokens.supabase}` },
    })
  ).json()) as { type: string; api_key: string }[]; // as the Management API describes it
  return keys.find(({ type }) => type === "secret")?.api_key ?? "";
}

async function auth(path: string, init: { method: string; body?: object }): Promise<Record<string, unknown>> {
  const answer = await fetch(`${cloud.url}/supabase/projects/${ref()}/auth/v1${path}`, {
    method: init.method,
    headers: { apikey: await secretKey(), "content-type": "application/json" },
    ...(init.body && { body: JSON.stringify(init.body) }),
  });
  return (await answer.json()) as Record<string, unknown>;
}

const userId = () => (ids.admin ?? "").split("/")[1] ?? "";
const user = () => auth(`/admin/users/${userId()}`, { method: "GET" });

async function n8n(path: string): Promise<void> {
  const id = (ids["email-workflow"] ?? "").split("/")[0];
  await fetch(`${cloud.url}/n8n/api/v1/workflows/${id}/${path}`, {
    method: "POST",
    headers: { "x-n8n-api-key": cloud.tokens.n8n, "content-type": "application/json" },
    body: "{}",
  });
}

async function mail(lastEvent: string): Promise<void> {
  const { rows } = await sql.query<{ id: string }>(
    "select output ->> 'messageId' as id from atoll.actions where step = 'welcome'",
  );
  await cloud.plant({ provider: "resend", id: rows[0]?.id, last_event: lastEvent });
}

test("a healthy instance is well in every line, and the last checklist is kept for who may only look", async () => {
  const { lines, checkedAt } = await check();
  expect(lines.map(({ check: name, result }) => [name, result])).toEqual([
    ["project", "ok"],
    ["schema", "ok"],
    ["row-security", "ok"],
    ["vault", "ok"],
    ["registered", "ok"],
    ["resolves-locally", "ok"],
    ["resolves-in-production", "not-applicable"],
    ["site", "ok"],
    ["auth-settings", "ok"],
    ["sign-in", "ok"],
    ["workflows", "ok"],
    ["backup", "ok"],
    ["mail", "ok"],
    ["others", "ok"],
  ]);
  const kept = await hub.as("viewer").call("showChecklist", { params: { slug } });
  expect(kept).toEqual({ lines, checkedAt });
  await expect(hub.as("viewer").call("checkInstance", { params: { slug } })).rejects.toMatchObject({
    problem: { status: 403 },
  });
  await expect(
    hub.as("operator").call("checkInstance", { params: { slug: "nobody" } }),
  ).rejects.toMatchObject({
    problem: { status: 404 },
  });
});

test("trying the sign-in changes no password, sends no mail and leaves no session", async () => {
  const hashes = async () => JSON.stringify([(await user()).app_metadata, (await user()).user_metadata]);
  const before = await hashes();
  const mails = await cloud.inventory().then(({ resend }) => JSON.stringify(resend));
  await check();
  expect(await hashes()).toBe(before);
  expect(await cloud.inventory().then(({ resend }) => JSON.stringify(resend))).toBe(mails);
  await byHand(
    "do $$ begin if exists (select from auth.sessions) then raise exception 'a session is left'; end if; end $$",
  );
});

test("a link that somebody has asked for is not ended by a trial", async () => {
  const link = await auth("/admin/generate_link", {
    method: "POST",
    body: { type: "recovery", email: `owner@${slug}.example` },
  });
  const { lines } = await check();
  expect(lines.find((line) => line.check === "sign-in")).toMatchObject({
    result: "waiting",
    what: expect.stringContaining("No sign-in was tried"),
  });
  const session = await auth("/verify", {
    method: "POST",
    body: { type: "recovery", token_hash: link.hashed_token },
  });
  expect(session).toHaveProperty("access_token");
});

interface Broken {
  line: string;
  says: string;
  breaks(): Promise<unknown>;
  mends(): Promise<unknown>;
  /** Lines that wait for this one. */
  waiting?: string[];
}

const broken: Broken[] = [
  {
    line: "row-security",
    says: "tables.deals.rowSecurity",
    breaks: () => byHand("alter table public.deals disable row level security"),
    mends: () => byHand("alter table public.deals enable row level security"),
  },
  {
    line: "schema",
    says: "migrations.0003_indexes is missing",
    breaks: () =>
      byHand(
        "create table private.kept as select * from public.schema_migrations; delete from public.schema_migrations where version = 3; update public.schema_version set version = 2",
      ),
    mends: () =>
      byHand(
        "insert into public.schema_migrations select * from private.kept where version = 3; update public.schema_version set version = 3; drop table private.kept",
      ),
  },
  {
    line: "vault",
    says: "lacks CONTACT_EMAIL",
    breaks: () => byHand("delete from public.instance_config where key = 'CONTACT_EMAIL'"),
    mends: () =>
      byHand(
        `insert into public.instance_config (key, value, value_type) values ('CONTACT_EMAIL', '"a@b.example"', 'email')`,
      ),
  },
  {
    line: "workflows",
    says: "email-workflow: active",
    breaks: () => n8n("unpublish"),
    mends: () => n8n("publish"),
  },
  {
    line: "sign-in",
    says: "blocked until",
    breaks: () => auth(`/admin/users/${userId()}`, { method: "PUT", body: { ban_duration: "24h" } }),
    mends: () => auth(`/admin/users/${userId()}`, { method: "PUT", body: { ban_duration: "none" } }),
  },
  {
    line: "mail",
    says: "refused by its receiver's server",
    breaks: () => mail("bounced"),
    mends: () => mail("delivered"),
  },
  {
    line: "registered",
    says: "inactive",
    waiting: ["resolves-locally"],
    // A row that follows its instance takes nothing by hand: only whoever switches the triggers off gets there.
    breaks: () =>
      sql.query(
        "set session_replication_role = replica; update atoll.instance_registry set is_active = false; set session_replication_role = default",
      ),
    mends: () =>
      sql.query(
        "set session_replication_role = replica; update atoll.instance_registry set is_active = true; set session_replication_role = default",
      ),
  },
];

test.each(broken)(
  "$line says what is broken, and no other line does",
  async ({ line, says, waiting = [], ...deed }) => {
    await deed.breaks();
    try {
      const found = await wrong();
      expect(Object.keys(found).toSorted()).toEqual([line, ...waiting].toSorted());
      expect(found[line]).toMatch(/^failed: /);
      expect(found[line]).toContain(says);
      expect(found[line]).not.toContain("(nothing to do)");
      for (const each of waiting) expect(found[each]).toMatch(/^waiting: /);
    } finally {
      await deed.mends();
    }
  },
);

test("a backup that lost a file is named, and repair brings it back", async () => {
  const path = `client-backups/${slug}/client-config.json`;
  const at = `${cloud.url}/gitea/api/v1/repos/atoll/ops-hub/contents/${path}`;
  const headers = { authorization: `token ${cloud.tokens.gitea}`, "content-type": "application/json" };
  const { sha } = (await (await fetch(at, { headers })).json()) as { sha: string };
  await fetch(at, { method: "DELETE", headers, body: JSON.stringify({ sha, message: "Oops" }) });
  const found = await wrong();
  expect(Object.keys(found)).toEqual(["backup"]);
  expect(found.backup).toContain("client-config.json is missing");
  const run = await hub.runtime.journal.submit("repair", slug, { by: "test" });
  expect(await hub.runtime.journal.wait(run)).toMatchObject({ state: "succeeded" });
});

test("on the command line a failed line is exit code 1, as text and as JSON", async () => {
  const atoll = atollIn(
    () => cloud.home,
    () => ({ DATABASE_URL: databaseUrl }),
  );
  expect(await atoll("check", slug)).toMatchObject({ code: 0 });
  await mail("bounced");
  try {
    const { code, json } = await atoll("check", slug);
    expect(code).toBe(1);
    expect(json()).toMatchObject({ slug, ready: false });
  } finally {
    await mail("delivered");
  }
}, 120_000);
