import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { migrations, vaultOf } from "@atoll/community/migrations";
import { questions } from "@atoll/community/questions";
import { migrateFurther, prepareDatabase } from "@atoll/engine/migrate";
import { schema } from "@atoll/fleet/schema";
import { hubMigrations } from "@atoll/hub/check-audit";
import { registryFile } from "@atoll/hub/files/registry-file";
import { vaultFile } from "@atoll/hub/files/vault-file";
import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanEnv } from "../support/atoll.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";

const run = promisify(execFile);
const cli = path.resolve(import.meta.dirname, "../../apps/cli/src/main.ts");
const databaseUrl = await testDatabase();
const folder = mkdtempSync(path.join(tmpdir(), "atoll-by-hand-"));
const canary = "canary-By-Hand-0aZ81 'quoted' \\ $$ 🦀";
// All that a question lets through and that SQL, the shell or psql could take for something else.
const hostile = "O'Neill \"& Söns\"\\'; drop table public.users; -- $$ $sql$ \\! touch x :slug :'slug' 🦀";
const answers = {
  name: hostile,
  slug: "villa",
  city: "\\! echo",
  mapCenter: "45.76, 4.83",
  botName: "`id` %s \\gexec",
  adminEmail: "o'neill@villa.example",
};
let cloud: TestCloud;
let hub: TestHub;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  hub = await testHub(
    { ATOLL_HOME: cloud.home, DATABASE_URL: databaseUrl, PATH: process.env.PATH },
    { worker: true },
  );
  const made = await hub.as("operator").call("createInstance", { body: { blueprint: "community", answers } });
  expect(await hub.runtime.journal.wait(made.id)).toMatchObject({ state: "succeeded" });
  const set = (key: string, body: { value: unknown; secret: boolean; type?: "json" }) =>
    hub.as("operator").call("setVaultKey", { params: { slug: "villa", key }, body });
  await set("SLOGAN", { value: hostile, secret: false });
  await set("NESTED", { value: { a: [hostile, "line\nbreak", null, 1.5] }, type: "json", secret: false });
  await set("OPENAI_API_KEY", { value: canary, secret: true });
  await hub
    .as("operator")
    .call("removeVaultKey", { params: { slug: "villa", key: "FEDERATION" }, query: {} });
}, 90_000);
afterAll(async () => {
  await hub?.stop();
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Plain psql, as somebody at a terminal starts it; gives what it said and how it ended. */
function psql(url: string, file: string, env: Record<string, string> = {}) {
  return new Promise<{ code: number | null; said: string }>((resolve, reject) => {
    const child = spawn("psql", ["--no-psqlrc", "-q", url, "-f", file], {
      cwd: folder,
      env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    const hear = (chunk: Buffer) => {
      said += chunk;
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, said }));
  });
}

async function rows(url: string, query: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return ([await client.query(query)].flat().at(-1) as pg.QueryResult).rows; // the typings know only one result
  } finally {
    await client.end();
  }
}

/** A database with the kind's tables and no first rows: somebody applied the migrations and stopped. */
async function empty(instance: string): Promise<string> {
  const url = await testDatabase();
  await rows(
    url,
    `do $$ begin
       if to_regrole('anon') is null then create role anon nologin; end if;
       if to_regrole('authenticated') is null then create role authenticated nologin; end if;
       if to_regrole('service_role') is null then create role service_role nologin bypassrls; end if;
     exception when duplicate_object or unique_violation then null; end $$;
     create schema auth;
     create table auth.users (id uuid primary key, email text, encrypted_password text,
       raw_app_meta_data jsonb not null default '{}', raw_user_meta_data jsonb not null default '{}');
     create function auth.jwt() returns jsonb language sql stable as $$ select '{}'::jsonb $$;
     create function auth.uid() returns uuid language sql stable as $$ select null::uuid $$;`,
  );
  const resource = schema({
    connect: async () => ({ query: (sql) => rows(url, `begin; ${sql}; commit`), close: async () => {} }),
  });
  const at = { instance, name: "schema", within: "x" };
  await resource.apply({ at, want: { migrations }, live: undefined, changes: [] });
  return url;
}

const vaultRows = `select key, value, value_type, is_secret, updated_by from public.instance_config
  where key not like 'ATOLL\\_%' order by key`;

/** The same from the instance that the tool made. */
async function fromTheTool(): Promise<Record<string, unknown>[]> {
  const resources = await hub.runtime.journal.resources("villa");
  const ref = resources.find(({ kind }) => kind === "postgres.schema")?.id;
  const answer = await fetch(`${cloud.url}/supabase/v1/projects/${ref}/database/query`, {
    method: "POST",
    headers: { authorization: `Bearer ${cloud.tokens.supabase}`, "content-type": "application/json" },
    body: JSON.stringify({ query: vaultRows }),
  });
  return (await answer.json()) as Record<string, unknown>[]; // rows of the statement
}

const sql = (name: string) => path.join(folder, "instances", "sql", name);

test("the tool writes three files, which hold no secret and stay as they are", async () => {
  const atoll = () =>
    run(process.execPath, [cli, "--json", "files", "villa"], {
      cwd: folder,
      env: cleanEnv(cloud.home, { DATABASE_URL: databaseUrl }),
    });
  const first = JSON.parse((await atoll()).stdout);
  expect(first.files.map(({ written }: { written: boolean }) => written)).toEqual([true, true, true]);
  expect(readdirSync(path.join(folder, "instances"), { recursive: true }).sort()).toEqual([
    "sql",
    "sql/villa-registry.sql",
    "sql/villa-vault.sql",
    "villa.json",
  ]);
  const again = JSON.parse((await atoll()).stdout);
  expect(again.files.map(({ written }: { written: boolean }) => written)).toEqual([false, false, false]);
  const all = ["villa.json", "sql/villa-vault.sql", "sql/villa-registry.sql"].map((name) =>
    readFileSync(path.join(folder, "instances", name), "utf8"),
  );
  expect(all.join("\n")).not.toContain("canary");
  expect(all[1]).toContain(":'ATOLL_VAULT_OPENAI_API_KEY'");
});

test("the answers are accepted again as they stand in the file", async () => {
  const { $schema, blueprint, ...rest } = JSON.parse(
    readFileSync(path.join(folder, "instances", "villa.json"), "utf8"),
  );
  expect([$schema, blueprint]).toEqual(["./instance-schema.json", "community"]);
  expect(questions.parse(rest)).toEqual(questions.parse(answers));
});

test("applied with plain psql the vault's file gives the same rows as the tool, once and again", async () => {
  const url = await empty((await hub.runtime.instance("villa")).id);
  const file = sql("villa-vault.sql");
  // What the operator's shell and psql itself call so is another's.
  expect(await psql(url, file, { OPENAI_API_KEY: "the operator's own" })).toMatchObject({
    said: expect.stringContaining("OPENAI_API_KEY is missing"),
  });
  expect(await rows(url, vaultRows)).toEqual([]);
  const given = await psql(url, file, { ATOLL_VAULT_OPENAI_API_KEY: canary });
  expect(given).toEqual({ code: 0, said: "" });
  const expected = await fromTheTool();
  expect(expected.map(({ key }) => key)).toEqual(
    expect.arrayContaining(["APP_NAME", "NESTED", "OPENAI_API_KEY", "SLOGAN"]),
  );
  expect(await rows(url, vaultRows)).toEqual(expected);
  // The secret is there already: another one is not taken.
  expect(await psql(url, file)).toEqual({ code: 0, said: "" });
  expect(await psql(url, file, { ATOLL_VAULT_OPENAI_API_KEY: "another" })).toEqual({ code: 0, said: "" });
  expect(await rows(url, vaultRows)).toEqual(expected);
  const log = await rows(url, "select act, count(*)::int as n from public.instance_config_log group by act");
  expect(log).toEqual([{ act: "added", n: expected.length }]);
  expect(await rows(url, "select name, city from public.community_settings")).toEqual([
    { name: hostile, city: "\\! echo" },
  ]);
  expect(readdirSync(folder)).toEqual(["instances"]);

  // What the client changed, removed and added since stays so.
  const change = (key: string) => `update public.instance_config set value = '"theirs"' where key = '${key}'`;
  await rows(
    url,
    `begin; ${change("APP_NAME")}; ${change("SLOGAN")}; delete from public.instance_config where key in ('LOCALE', 'NESTED');
     insert into public.instance_config (key, value) values ('FEDERATION', 'true'); commit`,
  );
  const theirs = await rows(url, vaultRows);
  expect(await psql(url, file)).toEqual({ code: 0, said: "" });
  expect(await rows(url, vaultRows)).toEqual(theirs);
});

test("the database of another instance is left alone", async () => {
  const url = await empty("another0000000000000");
  const env = { ATOLL_VAULT_OPENAI_API_KEY: canary };
  const told = await psql(url, sql("villa-vault.sql"), env);
  expect(told).toMatchObject({ code: 3, said: expect.stringContaining("mark of another instance") });
  expect(await rows(url, vaultRows)).toEqual([]);
});

test("applied with plain psql the registry's file gives the same row as the tool, once and again", async () => {
  const url = await testDatabase();
  await prepareDatabase(url);
  await migrateFurther(url, hubMigrations);
  const row = `select to_jsonb(r) - '{created_at,updated_at,instance_id}'::text[] as row
    from atoll.instance_registry r where subdomain = 'villa'`;
  const [expected] = await rows(databaseUrl, row);
  expect(expected?.row).toMatchObject({ community_name: hostile, is_active: true, status: "live" });
  for (let times = 0; times < 2; times++) {
    expect(await psql(url, sql("villa-registry.sql"))).toEqual({ code: 0, said: "" });
    expect(await rows(url, row)).toEqual([expected]);
  }
  expect(readdirSync(folder)).toEqual(["instances"]);
});

let bare: string | undefined;

/** Tables of these names without any rule: here only the way into them counts. */
async function bareTables(): Promise<string> {
  bare ??= await testDatabase();
  await rows(
    bare,
    `drop table if exists public.instance_config, public.instance_config_log; drop schema if exists atoll cascade; create schema atoll;
     create table public.instance_config (key text primary key, value jsonb, value_type text, is_secret boolean default false,
       updated_by text);
     create table public.instance_config_log (id bigint, key text, act text, changed_by text);
     create table atoll.instance_registry (subdomain text primary key, community_name text, community_type text,
       blueprint text, environment text, supabase_url text, supabase_anon_key text, url text, custom_domain text,
       locale text, map_center jsonb, modules text[], status text, is_active boolean, schema_version integer)`,
  );
  return bare;
}

test.each([
  "'; drop table public.instance_config; --",
  "\\'; select 1; --",
  "a\\",
  "\\! touch pwned",
  "\\\n\\! touch pwned\n",
  "line\nbreak\r\n\\q\n;",
  ":'OPENAI_API_KEY' :OPENAI_API_KEY :\"x\" :{?x}",
  "$$ $do$ $1 %s %% `id` $HOME",
  '"quotes" „curly“ 🦀 \u202e \u2028',
])("whatever stands in a value comes through as data: %j", async (text) => {
  const url = await bareTables();
  const first = [{ key: "X", type: "text" as const, value: text }];
  const set = [{ key: "Y", type: "text", secret: false, value: { [text]: text } }];
  const wanted = { slug: "villa", id: text, first, set, gone: [] };
  writeFileSync(path.join(folder, "vault.sql"), vaultFile(wanted));
  const registered = {
    subdomain: "villa",
    community_name: text,
    community_type: null,
    blueprint: text,
    environment: text,
    supabase_url: null,
    supabase_anon_key: text,
    url: text,
    custom_domain: null,
    locale: null,
    map_center: { text },
    modules: [text, "b"],
    status: "live",
    is_active: false,
    schema_version: 3,
  };
  writeFileSync(path.join(folder, "registry.sql"), registryFile(registered));
  for (const file of ["vault.sql", "registry.sql"])
    expect(await psql(url, path.join(folder, file), { OPENAI_API_KEY: canary })).toEqual({
      code: 0,
      said: "",
    });
  expect(await rows(url, "select key, value, updated_by from public.instance_config order by key")).toEqual([
    { key: "X", value: text, updated_by: "atoll" },
    { key: "Y", value: { [text]: text }, updated_by: "hub" },
  ]);
  expect(await rows(url, "select * from atoll.instance_registry")).toEqual([registered]);
  for (const file of ["vault.sql", "registry.sql"]) rmSync(path.join(folder, file));
  expect(readdirSync(folder)).toEqual(["instances"]);
});

test("what the answers give is what the file gives", () => {
  const text = readFileSync(sql("villa-vault.sql"), "utf8");
  for (const { key } of vaultOf(questions.parse(answers)))
    expect(text.includes(`('${key}', `), key).toBe(key !== "FEDERATION");
  expect(text).toContain("where key in ('FEDERATION')");
});
