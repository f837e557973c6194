import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type PostgresServer, startPostgres } from "@atoll/postgres/postgres";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Caller, dataApi } from "./data/handler.ts";
import { openDatabases, type ProjectDatabases } from "./database.ts";
import { databaseOf, loginOf, newProject, type Project } from "./project.ts";

const folder = mkdtempSync(path.join(tmpdir(), "atoll-isolation-"));
chmodSync(folder, 0o711);
let server: PostgresServer;
let databases: ProjectDatabases;
const [attacker, victim] = ["attacker", "victim"].map((name) =>
  newProject({
    name,
    organization: "local",
    region: "eu-west-3",
    databasePassword: `${name}-database-password-1`,
    now: 0,
  }),
) as [Project, Project]; // two names, two projects

/** A session as the attacker's own database login, or as whoever is named, in whichever database. */
async function session(
  user: string,
  password: string,
  ref: string,
): Promise<{ rows(sql: string): Promise<Record<string, unknown>[]>; end(): Promise<void> }> {
  const url = new URL(server.url(databaseOf(ref)));
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password);
  const client = new pg.Client({ connectionString: url.href });
  client.on("error", () => {});
  await client.connect();
  return {
    rows: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
    end: () => client.end(),
  };
}

const own = () => session(loginOf(attacker.ref), attacker.databasePassword, attacker.ref);

async function refused(sql: string, pattern: RegExp): Promise<void> {
  const { rows, end } = await own();
  await expect(rows(sql), sql).rejects.toThrow(pattern);
  await end();
}

beforeAll(async () => {
  server = await startPostgres({ dataDir: path.join(folder, "server"), settings: { fsync: "off" } });
  databases = await openDatabases(server.url, "service-password-of-this-test");
  for (const project of [attacker, victim]) await databases.create(project);
  const owner = await databases.asOwner(victim);
  await owner.query(
    "create table secrets (word text); insert into secrets values ('treasure'); grant all on secrets to anon, authenticated, service_role",
  );
  await owner.end();
});

afterAll(async () => {
  await databases?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a database login opens its own database and no other", async () => {
  await (await own()).end();
  for (const database of [databaseOf(victim.ref), "postgres", "template1", "supabase_template"]) {
    const url = new URL(server.url(database));
    url.username = encodeURIComponent(loginOf(attacker.ref));
    url.password = attacker.databasePassword;
    const client = new pg.Client({ connectionString: url.href });
    await expect(client.connect(), database).rejects.toThrow(/permission denied for database/);
  }
});

test("an owner gains no other role and no way to the files or to other servers", async () => {
  await refused("set role postgres", /permission denied to set role/);
  await refused(
    "reset role; set session authorization postgres",
    /permission denied to set session authorization/,
  );
  await refused("set role supabase_auth_admin", /permission denied to set role/);
  await refused(`set role "${loginOf(victim.ref)}"`, /permission denied to set role/);
  await refused(`alter role "${loginOf(victim.ref)}" password 'mine'`, /permission denied/);
  await refused(`alter role "${loginOf(attacker.ref)}" superuser`, /permission denied/);
  await refused("create role accomplice login", /permission denied/);
  await refused("create database loot", /permission denied/);
  await refused("create extension dblink", /permission denied/);
  await refused("create extension postgres_fdw", /permission denied/);
  await refused("create extension file_fdw", /permission denied/);
  await refused("copy (select 1) to program 'id'", /permission denied/);
  await refused("select pg_read_file('/etc/passwd')", /permission denied/);
  await refused("select lo_import('/etc/passwd')", /permission denied/);
  await refused("select rolpassword from pg_authid", /permission denied/);
  await refused("select datname from pg_database", /permission denied/);
  await refused("select query from pg_stat_activity", /permission denied/);
});

test("schema auth is not the owner's, beyond triggers and references", async () => {
  await refused("create table auth.mine ()", /permission denied for schema auth/);
  await refused(
    "create function auth.is_admin() returns bool language sql as 'select true'",
    /permission denied for schema auth/,
  );
  await refused("drop table auth.users", /must be owner/);
  await refused(
    "create or replace function auth.uid() returns uuid language sql as 'select null::uuid'",
    /permission denied for schema auth|must be owner/,
  );
  const { rows, end } = await own();
  await rows("create table profiles (id uuid primary key references auth.users on delete cascade)");
  await end();
});

/** Runs SQL with the rights of the login behind the Data API, as an owner can: by a function of their own. */
async function throughTheDataApi(sql: string): Promise<{ status: number; text: string }> {
  const { rows, end } = await own();
  await rows(`
    create or replace function public.escape(sql text) returns json language plpgsql as $f$
    declare found json;
    begin
      execute 'set role none';
      if sql like 'select%' then execute sql into found; else execute sql; end if;
      return found;
    end $f$;
    grant execute on function public.escape to anon`);
  await end();
  const caller: Caller = { role: "anon", claims: { role: "anon" } };
  const request = new Request("http://localhost/rpc/escape", {
    method: "POST",
    body: JSON.stringify({ sql }),
  });
  const answer = await dataApi(databases.dataPool(attacker.ref)).handle(request, "/rpc/escape", caller);
  return { status: answer.status, text: await answer.text() };
}

/** The same for Auth: a trigger on auth.users runs with the rights of whoever writes there. */
async function throughAuth(sql: string): Promise<void> {
  const { rows, end } = await own();
  await rows(`
    create or replace function public.escape_auth() returns trigger language plpgsql as $f$
    begin execute 'set role none'; execute ${pg.escapeLiteral(sql)}; return new; end $f$;
    create or replace trigger escape after insert on auth.users for each row execute function public.escape_auth()`);
  await end();
  await databases
    .authPool(attacker.ref)
    .query(
      "insert into auth.users (id, email) values (gen_random_uuid(), gen_random_uuid() || '@example.com')",
    )
    .catch(() => {});
}

test("what others run at the same time is not shown, and cannot be ended", async () => {
  const busy = await databases.dataPool(victim.ref).connect();
  try {
    await busy.query("select 'treasure' as hidden");
    const spied = await throughTheDataApi(
      "select json_agg(query) from pg_stat_get_activity(null) where query like '%treasure%'",
    );
    expect(spied.text).not.toContain("hidden");
    await throughTheDataApi(
      "select json_agg(pg_terminate_backend(pid)) from pg_stat_get_activity(null) where pid <> pg_backend_pid()",
    );
    expect((await busy.query("select 1 as alive")).rows).toEqual([{ alive: 1 }]);
  } finally {
    busy.release();
  }
});

test("the logins behind Data API and Auth lead into no other project either", async () => {
  const logins = async () => {
    const admin = new pg.Client({ connectionString: server.url("postgres") });
    await admin.connect();
    const { rows } = await admin.query<{ rolname: string }>("select rolname from pg_roles where rolcanlogin");
    await admin.end();
    return rows.map(({ rolname }) => rolname).filter((each) => each !== "postgres");
  };
  // A role may always change its own password: whoever can run SQL as it can sign in as it.
  for (const name of await logins()) {
    await throughTheDataApi(`alter role ${pg.escapeIdentifier(name)} password 'taken'`);
    await throughAuth(`alter role ${pg.escapeIdentifier(name)} password 'taken'`);
  }
  for (const name of await logins()) {
    await expect(session(name, "taken", victim.ref), name).rejects.toThrow(
      /permission denied|authentication failed/,
    );
  }
  // Not in vain: where it may, the attempt does change a password.
  for (const service of ["authenticator", "supabase_auth_admin"])
    await (await session(`${service}.${attacker.ref}`, "taken", attacker.ref)).end();
  // The victim's own ways in still work.
  expect((await databases.dataPool(victim.ref).query("select current_user")).rowCount).toBe(1);
  expect((await databases.authPool(victim.ref).query("select count(*) from auth.users")).rowCount).toBe(1);
  const owner = await databases.asOwner(victim);
  expect((await owner.query("select word from secrets")).rows).toEqual([{ word: "treasure" }]);
  await owner.end();
});
