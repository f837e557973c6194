import { randomBytes } from "node:crypto";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll } from "vitest";

// As little of a hosted project's database as the blueprint's SQL stands on, and as strict: schemas auth and
// storage belong to somebody else, the owner of `public` is no superuser, and new tables carry no grants.
const roles = [
  "anon nologin",
  "authenticated nologin",
  "service_role nologin bypassrls",
  "supabase_auth_admin login noinherit",
  "supabase_storage_admin nologin",
];

const project = (owner: string) => `
create schema auth authorization supabase_auth_admin;
create schema storage authorization supabase_storage_admin;
alter schema public owner to ${owner};
revoke create on schema public from public;
grant usage on schema public, auth, storage to anon, authenticated, service_role, ${owner};
create table auth.users (
  id uuid primary key default gen_random_uuid(),
  email text,
  encrypted_password text,
  raw_app_meta_data jsonb not null default '{}',
  raw_user_meta_data jsonb not null default '{}'
);
create function auth.jwt() returns jsonb language sql stable as
  $$ select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb $$;
create function auth.uid() returns uuid language sql stable as $$ select (auth.jwt() ->> 'sub')::uuid $$;
alter table auth.users owner to supabase_auth_admin;
alter function auth.jwt() owner to supabase_auth_admin;
alter function auth.uid() owner to supabase_auth_admin;
grant execute on all functions in schema auth to anon, authenticated, service_role, ${owner};
grant all on all tables in schema auth to ${owner};

create table storage.buckets (
  id text primary key,
  name text not null unique,
  public boolean default false,
  file_size_limit bigint,
  allowed_mime_types text[]
);
create table storage.objects (
  id uuid primary key default gen_random_uuid(),
  bucket_id text references storage.buckets (id),
  name text,
  owner_id text
);
create unique index bucketid_objname on storage.objects (bucket_id, name);
alter table storage.buckets enable row level security;
alter table storage.objects enable row level security;
alter table storage.buckets owner to supabase_storage_admin;
alter table storage.objects owner to supabase_storage_admin;
grant all on all tables in schema storage to anon, authenticated, service_role;
-- Hosted Supabase lets the owner write policies on storage.objects without owning it; plain Postgres does so by this.
grant supabase_storage_admin to ${owner};
do $$ begin execute format('grant create on database %I to ${owner}', current_database()); end $$;
`;

type Row = Record<string, unknown>;

/** A project's database for one test file, and what the three kinds of callers can do in it. */
export interface TestProject {
  /** Any SQL as the project's owner, who is no superuser; the rows of the last statement. */
  asOwner(sql: string, parameters?: unknown[]): Promise<Row[]>;
  /** As Auth does it. */
  asAuth(sql: string, parameters?: unknown[]): Promise<Row[]>;
  /** As the Data API does it: the role and the claims of one caller, in a transaction that is kept. */
  as(
    role: string,
    userId: string | undefined,
    sql: string,
    parameters?: unknown[],
    claims?: object,
  ): Promise<Row[]>;
}

/** Makes the database on the test run's server. Every call has a connection of its own: calls can meet. */
export async function testProject(): Promise<TestProject> {
  const pool = new pg.Pool({ connectionString: await testDatabase(), max: 16 });
  // The database is dropped as soon as the pool says that it has ended, while its last sessions are still closing.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  const owner = `owner_${randomBytes(6).toString("hex")}`;
  for (const role of [...roles, `${owner} nologin`])
    await pool.query(
      `do $$ begin create role ${role}; exception when duplicate_object or unique_violation then null; end $$`,
    );
  await pool.query(`grant anon, authenticated, service_role to ${owner}`);
  await pool.query(project(owner));
  afterAll(async () => {
    await pool.query(`drop owned by ${owner} cascade; drop role ${owner}`);
    await pool.end();
  });

  const inTransaction = async (role: string, claims: object, sql: string, parameters?: unknown[]) => {
    const client = await pool.connect();
    try {
      await client.query("begin");
      await client.query(`set local role ${role}`);
      await client.query("select set_config('request.jwt.claims', $1, true)", [JSON.stringify(claims)]);
      // Several statements in one text give a list of results; the typings know only one.
      const result = [await client.query(sql, parameters)].flat().at(-1) as pg.QueryResult<Row>;
      await client.query("commit");
      return result.rows;
    } catch (error) {
      await client.query("rollback");
      throw error;
    } finally {
      client.release();
    }
  };

  return {
    asOwner: (sql, parameters) => inTransaction(owner, {}, sql, parameters),
    asAuth: (sql, parameters) => inTransaction("supabase_auth_admin", {}, sql, parameters),
    as: (role, userId, sql, parameters, claims) =>
      inTransaction(role, { ...claims, role, ...(userId !== undefined && { sub: userId }) }, sql, parameters),
  };
}
