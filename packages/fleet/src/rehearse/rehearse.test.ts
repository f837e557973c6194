import { createHash } from "node:crypto";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import type { Definitions } from "../catalog/definitions.ts";
import { definitionsQuery } from "../catalog/query.ts";
import { allDifferences, type Catalog, catalogQuery } from "../catalog.ts";
import { labelOf, type Migration, readMigrations } from "../migrations.ts";
import { SqlFault, type SqlSession } from "../session.ts";
import { rehearse } from "./rehearse.ts";
import { scratchOwner, scratchRoles, scratchSql } from "./shape.ts";

const blueprint = (name: string) =>
  readMigrations(new URL(`../../../../blueprints/${name}/migrations/`, import.meta.url));
const business = blueprint("business");

const file = (version: number, name: string, sql: string): Migration => ({
  version,
  name,
  sql,
  checksum: createHash("sha256").update(sql).digest("hex"),
  transactional: !sql.startsWith("-- atoll: no-transaction"),
});
/** The blueprint, and one migration behind it. */
const then = (name: string, sql: string) => [...business, file(business.length + 1, name, sql)];

/** A scratch database as the hub makes it. */
async function scratch(): Promise<SqlSession> {
  const client = new pg.Client({ connectionString: await testDatabase() });
  client.on("error", () => {});
  await client.connect();
  onTestFinished(() => client.end());
  for (const role of scratchRoles) await client.query(role);
  await client.query(scratchSql);
  await client.query(`set session authorization ${scratchOwner}`);
  return {
    lasting: true,
    async query(sql) {
      try {
        return ([await client.query(sql)].flat().at(-1) as pg.QueryResult).rows; // several statements give a list
      } catch (error) {
        if (!(error instanceof pg.DatabaseError)) throw error;
        const what = `${error.code}: ${error.message}`;
        throw new SqlFault("rejected", { what, next: "Correct the SQL.", sqlState: error.code ?? "" });
      }
    },
    close: async () => {},
  };
}

test.each(["agency", "business", "community", "shop"])("the migrations of %s pass", async (name) => {
  const migrations = blueprint(name);
  const session = await scratch();
  const rehearsed = await rehearse(session, migrations);
  expect(rehearsed.problem).toBeUndefined();
  expect(rehearsed.ok).toBe(true);
  expect(rehearsed.steps.map(({ migration, ok }) => [migration, ok])).toEqual(
    migrations.map((each) => [labelOf(each), true]),
  );
  expect([...rehearsed.catalogs.keys()]).toEqual([0, ...migrations.map(({ version }) => version)]);
  const [row] = await session.query(`select ${catalogQuery} as catalog`);
  expect(rehearsed.catalogs.get(migrations.length)).toEqual(row?.catalog);
  expect(Object.keys(rehearsed.definitions ?? {})).toEqual(
    expect.arrayContaining(Object.keys(row?.catalog as Catalog)),
  );
});

test("a migration that fails is named, and what came before it passed", async () => {
  const migrations = [
    ...then("broken", "alter table public.nowhere add column a text;"),
    file(5, "later", "select 1;"),
  ];
  const rehearsed = await rehearse(await scratch(), migrations);
  expect(rehearsed.ok).toBe(false);
  expect(rehearsed.steps.at(-1)).toMatchObject({
    migration: "0004_broken",
    ok: false,
    what: expect.stringContaining("nowhere"),
  });
  expect(rehearsed.problem?.what).toContain("0004_broken");
  expect(rehearsed.problem?.next).not.toBe("");
  expect(rehearsed.catalogs.has(3)).toBe(true);
  expect(rehearsed.catalogs.has(4)).toBe(false);
});

test.each([
  "create table auth.mine (id integer);",
  "create function auth.mine() returns integer language sql as 'select 1';",
  "create table storage.mine (id integer);",
  "create table realtime.mine (id integer);",
  "alter table auth.users add column mine text;",
  "create index mine on auth.users (email);",
  "create index mine on storage.objects (version);",
  "alter table storage.objects add column mine text;",
  "drop table storage.objects;",
])("what the provider refuses, the rehearsal refuses: %s", async (sql) => {
  const rehearsed = await rehearse(await scratch(), then("trespass", sql));
  expect(rehearsed.steps.at(-1)).toMatchObject({
    migration: "0004_trespass",
    ok: false,
    what: expect.stringContaining("42501"),
  });
});

test("triggers on auth.users and policies on storage.objects are allowed, as at the provider", async () => {
  const rehearsed = await rehearse(
    await scratch(),
    then(
      "guests",
      `create function private.greet() returns trigger language plpgsql as $$ begin return new; end $$;
      create trigger greet after insert on auth.users for each row execute function private.greet();
      create policy mine on storage.objects for select to authenticated using (bucket_id = 'mine');`,
    ),
  );
  expect(rehearsed.problem).toBeUndefined();
  const catalog = rehearsed.catalogs.get(4);
  expect(catalog).toHaveProperty(["trigger auth.users: greet"]);
  expect(catalog).toHaveProperty(["policy storage.objects: mine"]);
});

test("outside of transactions a migration is rehearsed, too", async () => {
  const sql =
    "-- atoll: no-transaction\ncreate index concurrently by_title on public.deals (title);\nselect 1;";
  const rehearsed = await rehearse(await scratch(), then("index", sql));
  expect(rehearsed.problem).toBeUndefined();
  expect(rehearsed.catalogs.get(4)).toHaveProperty(["index public.deals: by_title"]);
});

/** An instance at the blueprint's version, and what somebody did to it by hand. */
async function instanceWith(
  byHand: string,
): Promise<{ catalog: Catalog; version: number; definitions: Definitions }> {
  const session = await scratch();
  await rehearse(session, business);
  await session.query(byHand);
  const [row] = await session.query(`select ${catalogQuery} as catalog, ${definitionsQuery} as definitions`);
  return { version: business.length, ...(row as { catalog: Catalog; definitions: Definitions }) };
}

test("like an instance: an object made by hand that a migration also makes is found", async () => {
  const byHand =
    "create table public.tags (id integer primary key, note text); alter table public.tags enable row level security";
  const like = await instanceWith(byHand);
  const pending = then(
    "tags",
    "create table public.tags (id uuid primary key);\nalter table public.tags enable row level security;",
  );
  expect((await rehearse(await scratch(), pending)).ok).toBe(true);
  const rehearsed = await rehearse(await scratch(), pending, { like });
  expect(rehearsed.steps).toMatchObject([
    { migration: "0004_tags", ok: false, what: expect.stringContaining('"tags" already exists') },
  ]);
  expect(rehearsed.problem?.what).toContain("0004_tags");
});

test("like an instance: a column that somebody took away is missed by the migration that needs it", async () => {
  const like = await instanceWith("alter table public.deals drop column expected_close_on");
  const pending = then("close", "create index by_close on public.deals (expected_close_on);");
  const rehearsed = await rehearse(await scratch(), pending, { like });
  expect(rehearsed.steps).toMatchObject([
    { migration: "0004_close", ok: false, what: expect.stringContaining("expected_close_on") },
  ]);
});

test("like an instance: everything that was changed by hand is there, and what does not collide passes", async () => {
  const like = await instanceWith(`create type public.kind as enum ('a', 'b');
    create table public.tags (id serial primary key, kind public.kind not null, deal_id uuid references public.deals (id));
    alter table public.tags enable row level security; create policy tags_all on public.tags using (true);
    alter table public.deals add column extra text, alter column amount type numeric(20, 4), drop column currency;
    create view public.extras with (security_invoker = on) as select extra from public.deals;
    grant select on public.extras to authenticated; drop policy deals_organization on public.deals;
    create or replace function private.my_role() returns text language sql as $$ select 'admin' $$`);
  const session = await scratch();
  const rehearsed = await rehearse(session, then("more", "alter table public.deals add column more text;"), {
    like,
  });
  expect(rehearsed.problem).toBeUndefined();
  const last = rehearsed.catalogs.get(4) ?? {};
  expect(allDifferences(like.catalog, last).map(({ path }) => path)).toEqual(["table public.deals"]);
});

test("like an instance: rights of roles that only its server knows stand in nobody's way", async () => {
  const like = await instanceWith("select 1");
  like.definitions["grants public.deals"] += "\nSELECT to role_of_another_server";
  like.definitions["owner public.deals"] = "role_of_another_server";
  const rehearsed = await rehearse(
    await scratch(),
    then("more", "alter table public.deals add column more text;"),
    { like },
  );
  expect(rehearsed.problem).toBeUndefined();
  expect(rehearsed.ok).toBe(true);
});
