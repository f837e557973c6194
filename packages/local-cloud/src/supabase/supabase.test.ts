import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import { latencies, localTokens } from "../kit/settings.ts";

const folder = mkdtempSync(path.join(tmpdir(), "atoll-supabase-"));
chmodSync(folder, 0o711);
let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud({
    dataDir: path.join(folder, "cloud"),
    port: 0,
    sitePort: 0,
    smtpPort: 0,
    light: true,
    rateLimits: false,
    latencies: { ...latencies.instant } as (typeof latencies)["local"],
    templateDir: path.join(folder, "template"),
    buildCache: path.join(folder, "builds"),
  });
});

afterAll(async () => {
  await cloud?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function manage(method: string, at: string, body?: unknown, token: string = localTokens.supabase) {
  const answer = await fetch(`${cloud.url}/supabase/v1${at}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === "" ? undefined : JSON.parse(text) };
}

interface Made {
  ref: string;
  password: string;
  url: string;
  anon: string;
  publishable: string;
  secret: string;
  serviceRole: string;
}

let made = 0;

async function project(): Promise<Made> {
  const password = `Pw${"x1Y2".repeat(8)}${made}`;
  const { body, status } = await manage("POST", "/projects", {
    name: `project-${made++}`,
    db_pass: password,
    organization_slug: "atoll-local",
    region_selection: { type: "specific", code: "eu-west-3" },
  });
  expect(status).toBe(201);
  expect(body.status).toBe("COMING_UP");
  await expect
    .poll(async () => (await manage("GET", `/projects/${body.ref}`)).body.status)
    .toBe("ACTIVE_HEALTHY");
  const keys = (await manage("GET", `/projects/${body.ref}/api-keys?reveal=true`)).body as {
    name: string;
    type: string;
    api_key: string;
  }[];
  const key = (type: string, name: string) =>
    keys.find((each) => each.type === type && each.name === name)?.api_key ?? "";
  return {
    ref: body.ref,
    password,
    url: `${cloud.url}/supabase/projects/${body.ref}`,
    anon: key("legacy", "anon"),
    serviceRole: key("legacy", "service_role"),
    publishable: key("publishable", "default"),
    secret: key("secret", "default"),
  };
}

const client = (url: string, key: string): SupabaseClient =>
  createClient(url, key, { auth: { persistSession: false, autoRefreshToken: false } });
const sql = (ref: string, query: string) => manage("POST", `/projects/${ref}/database/query`, { query });

test("a project comes up, gives its keys early, and shows secret ones only when asked", async () => {
  const refused = await manage("POST", "/projects", {
    name: "x",
    db_pass: "short",
    organization_slug: "atoll-local",
  });
  expect(refused).toMatchObject({
    status: 400,
    body: { message: expect.stringContaining("not secure enough") },
  });
  expect(
    (
      await manage("POST", "/projects", {
        name: "x",
        db_pass: "a1B2".repeat(8),
        organization_slug: "atoll-local",
        org_id: "x",
      })
    ).status,
  ).toBe(400);
  expect((await manage("GET", "/projects", undefined, "wrong")).status).toBe(401);
  const { ref, secret } = await project();
  const masked = (await manage("GET", `/projects/${ref}/api-keys`)).body as {
    type: string;
    api_key: string;
  }[];
  expect(masked.find((each) => each.type === "secret")?.api_key).not.toBe(secret);
  const health = await manage("GET", `/projects/${ref}/health?services=auth&services=db`);
  expect(health.body).toEqual([
    { name: "auth", healthy: true, status: "ACTIVE_HEALTHY" },
    { name: "db", healthy: true, status: "ACTIVE_HEALTHY" },
  ]);
  expect((await manage("DELETE", `/projects/${ref}`)).status).toBe(200);
  expect((await manage("GET", `/projects/${ref}`)).status).toBe(404);
});

test("SQL runs as the project's own login: several statements are one transaction, and auth is protected", async () => {
  const { ref } = await project();
  const failed = await sql(ref, "create table t (id int); insert into t values (1); select * from nowhere");
  expect(failed).toMatchObject({ status: 400, body: { message: expect.stringContaining("ERROR:  42P01") } });
  expect((await sql(ref, "select to_regclass('public.t') as t")).body).toEqual([{ t: null }]);
  expect(
    (await sql(ref, "create function auth.is_authenticated() returns int language sql as 'select 1'")).body
      .message,
  ).toContain("permission denied for schema auth");
  expect((await sql(ref, "set role supabase_auth_admin")).status).toBe(400);
  expect((await sql(ref, "select current_user, session_user")).body).toEqual([
    { current_user: `postgres.${ref}`, session_user: `postgres.${ref}` },
  ]);
  // A trigger and a foreign key on auth.users are what hosted Supabase allows.
  const allowed = await sql(
    ref,
    `create table public.users (id uuid primary key references auth.users on delete cascade, email text);
     create function public.welcome() returns trigger language plpgsql security definer set search_path = '' as
       $$ begin insert into public.users (id, email) values (new.id, new.email); return new; end $$;
     create trigger welcome after insert on auth.users for each row execute function public.welcome();`,
  );
  expect(allowed.body).toEqual([]);
});

test("users are made by the admin, sign in by password, refresh, change it and sign out", async () => {
  const { ref, url, secret, publishable } = await project();
  await sql(
    ref,
    "create table notes (id int primary key, owner uuid default auth.uid()); alter table notes enable row level security; create policy own on notes using (owner = auth.uid()); grant all on notes to authenticated",
  );
  const admin = client(url, secret);
  const made = await admin.auth.admin.createUser({
    email: "Ada@Example.com",
    password: "first-Password-1",
    email_confirm: true,
    app_metadata: { role: "admin" },
  });
  expect(made.error).toBeNull();
  expect(made.data.user).toMatchObject({
    email: "ada@example.com",
    app_metadata: { role: "admin", provider: "email" },
  });
  expect((await admin.auth.admin.createUser({ email: "ada@example.com" })).error).toMatchObject({
    code: "email_exists",
    status: 422,
  });
  expect((await client(url, publishable).auth.admin.listUsers()).error).toMatchObject({ status: 403 });

  const ada = client(url, publishable);
  expect(
    (await ada.auth.signInWithPassword({ email: "ada@example.com", password: "wrong" })).error?.code,
  ).toBe("invalid_credentials");
  const session = await ada.auth.signInWithPassword({
    email: "ada@example.com",
    password: "first-Password-1",
  });
  expect(session.error).toBeNull();
  expect(await ada.from("notes").insert({ id: 1 })).toMatchObject({ error: null, status: 201 });
  expect((await ada.from("notes").select("id")).data).toEqual([{ id: 1 }]);
  expect((await client(url, publishable).from("notes").select("id")).error?.code).toBe("42501");

  expect((await ada.auth.refreshSession()).error).toBeNull();
  expect((await ada.auth.updateUser({ password: "first-Password-1" })).error?.code).toBe("same_password");
  expect((await ada.auth.updateUser({ password: "second-Password-2" })).error).toBeNull();
  expect(
    (
      await client(url, publishable).auth.signInWithPassword({
        email: "ada@example.com",
        password: "first-Password-1",
      })
    ).error,
  ).not.toBeNull();
  expect((await ada.auth.signOut()).error).toBeNull();
  expect((await ada.auth.getUser(session.data.session?.access_token)).error).not.toBeNull();

  const link = await admin.auth.admin.generateLink({ type: "recovery", email: "ada@example.com" });
  const verified = await client(url, publishable).auth.verifyOtp({
    type: "recovery",
    token_hash: link.data.properties?.hashed_token ?? "",
  });
  expect(verified.data.user?.email).toBe("ada@example.com");
  expect(
    (
      await client(url, publishable).auth.verifyOtp({
        type: "recovery",
        token_hash: link.data.properties?.hashed_token ?? "",
      })
    ).error?.code,
  ).toBe("otp_expired");
});

test("an instance can never reach another: not by key, token, login or SQL", async () => {
  const [a, b] = [await project(), await project()];
  for (const { ref } of [a, b])
    await sql(
      ref,
      "create table t (id int); insert into t values (42); grant all on t to anon, authenticated, service_role",
    );
  await client(a.url, a.secret).auth.admin.createUser({
    email: "eve@a.example",
    password: "eve-Password-1",
    email_confirm: true,
  });
  const eve = client(a.url, a.anon);
  const { data } = await eve.auth.signInWithPassword({ email: "eve@a.example", password: "eve-Password-1" });

  for (const key of [a.anon, a.serviceRole, a.publishable, a.secret, data.session?.access_token ?? ""]) {
    expect(
      (await fetch(`${b.url}/rest/v1/t`, { headers: { apikey: key, authorization: `Bearer ${key}` } }))
        .status,
    ).toBe(401);
    expect(
      (
        await fetch(`${b.url}/auth/v1/admin/users`, {
          headers: { apikey: key, authorization: `Bearer ${key}` },
        })
      ).status,
    ).toBe(401);
  }
  // A token of A beside a valid key of B.
  const mixed = await fetch(`${b.url}/rest/v1/t`, {
    headers: { apikey: b.anon, authorization: `Bearer ${data.session?.access_token}` },
  });
  expect(mixed.status).toBe(401);
  expect(
    (
      await fetch(`${b.url}/auth/v1/user`, {
        headers: { apikey: b.anon, authorization: `Bearer ${data.session?.access_token}` },
      })
    ).status,
  ).toBe(403);

  const [pooler] = (await manage("GET", `/projects/${a.ref}/config/database/pooler`)).body;
  const connect = async (database: string) => {
    const login = new pg.Client({
      host: pooler.db_host,
      port: pooler.db_port,
      user: pooler.db_user,
      password: a.password,
      database,
    });
    await login.connect();
    return login;
  };
  for (const database of [`project_${b.ref}`, "postgres", "template1", "supabase_template"])
    await expect(connect(database), database).rejects.toThrow("permission denied");
  const own = await connect(pooler.db_name);
  const attempts = [
    `set role "postgres.${b.ref}"`,
    `set session authorization "postgres.${b.ref}"`,
    `reset role; alter role "postgres.${b.ref}" password 'x'`,
    "select pg_read_file('/etc/passwd')",
    "copy (select 1) to program 'id'",
    "copy t from '/etc/passwd'",
    "create extension dblink",
    "create extension file_fdw",
    "create extension postgres_fdw",
    "select datname from pg_database",
    "select rolname from pg_roles",
    "select query from pg_stat_activity",
    "select pg_terminate_backend(pid) from pg_stat_get_activity(null) a where a.usesysid <> (select usesysid from pg_stat_get_activity(pg_backend_pid()))",
    "alter system set log_statement = 'all'",
    `drop database project_${b.ref}`,
  ];
  for (const attempt of attempts) {
    const outcome = await own.query(attempt).then(
      (result) => JSON.stringify((Array.isArray(result) ? result.at(-1) : result).rows),
      () => "refused",
    );
    expect(outcome, attempt).not.toContain(b.ref);
    if (outcome !== "refused") expect(outcome, attempt).not.toContain("true");
    if (!attempt.includes("terminate")) expect(outcome, attempt).toBe("refused");
  }
  await own.end();
});

test("a restarted cloud still has what it had", async () => {
  const { ref, url, secret } = await project();
  await client(url, secret).auth.admin.createUser({
    email: "kept@example.com",
    password: "kept-Password-1",
    email_confirm: true,
  });
  const inventory = async () =>
    (await (await fetch(`${cloud.url}/control/inventory`)).json()).supabase.projects.find(
      (each: { ref: string }) => each.ref === ref,
    );
  const before = await inventory();
  await cloud.close();
  cloud = await startCloud({
    dataDir: path.join(folder, "cloud"),
    port: 0,
    sitePort: 0,
    smtpPort: 0,
    light: true,
    rateLimits: false,
    latencies: { ...latencies.instant } as (typeof latencies)["local"],
    templateDir: path.join(folder, "template"),
    buildCache: path.join(folder, "builds"),
  });
  expect(await inventory()).toEqual(before);
  expect(before).toMatchObject({ users: ["kept@example.com"] });
});
