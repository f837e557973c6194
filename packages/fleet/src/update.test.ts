import { createHash } from "node:crypto";
import { Fault } from "@atoll/core/fault";
import { createDatabase } from "@atoll/postgres/database";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { beforeEach, expect, inject, test } from "vitest";
import type { Catalog } from "./catalog.ts";
import type { Migration } from "./migrations.ts";
import { SqlFault, type SqlSession } from "./session.ts";
import { readDatabase } from "./state.ts";
import { type UpdateJob, updateDatabase } from "./update.ts";

const file = (version: number, name: string, sql: string): Migration => ({
  version,
  name,
  sql,
  checksum: createHash("sha256").update(sql).digest("hex"),
  transactional: !sql.startsWith("-- atoll: no-transaction"),
});
const closed = (table: string) => `alter table public.${table} enable row level security;`;
const migrations = [
  file(1, "people", `create table public.people (id integer primary key, name text);\n${closed("people")}`),
  file(2, "mail", "alter table public.people add column mail text;"),
  file(
    3,
    "indexes",
    `-- atoll: no-transaction
create index concurrently people_name on public.people (name);
create unique index concurrently people_mail on public.people (mail);`,
  ),
  file(4, "more", `create table public.more (id integer primary key);\n${closed("more")}`),
];
const instance = "mine0000000000000000";
const patience = { lockTimeoutMs: 300, statementTimeoutMs: 5_000 };

let url = "";
beforeEach(async () => {
  url = await testDatabase();
});

async function using<T>(work: (session: SqlSession) => Promise<T>, at = url): Promise<T> {
  const client = new pg.Client({ connectionString: at });
  client.on("error", () => {});
  await client.connect();
  try {
    return await work({
      lasting: true,
      async query(sql) {
        try {
          return ([await client.query(sql)].flat().at(-1) as pg.QueryResult).rows; // several statements give a list
        } catch (error) {
          if (!(error instanceof pg.DatabaseError)) throw error;
          throw new SqlFault("rejected", { what: error.message, next: "-", sqlState: error.code ?? "" });
        }
      },
      close: async () => {},
    });
  } finally {
    await client.end();
  }
}

const sql = (text: string) => using((session) => session.query(text));
const update = (some: readonly Migration[], more: Partial<UpdateJob> = {}) =>
  using((session) => updateDatabase(session, { instance, migrations: some, patience, ...more }));

/** What migrations make, after each version, on a database of its own. */
async function rehearsed(): Promise<{ catalogs: Map<number, Catalog>; serverMajor: number }> {
  const name = `rehearsal_${Math.random().toString(36).slice(2)}`;
  const server = inject("postgresUrl");
  await createDatabase(server, name);
  const at = new URL(server);
  at.pathname = `/${name}`;
  const catalogs = new Map<number, Catalog>();
  let serverMajor = 0;
  for (const version of [0, ...migrations.map((each) => each.version)]) {
    const found = await using(async (session) => {
      await updateDatabase(session, { instance, migrations: migrations.slice(0, version), patience });
      return readDatabase(session);
    }, at.href);
    catalogs.set(version, found.catalog);
    serverMajor = found.serverMajor;
  }
  return { catalogs, serverMajor };
}

test("an empty database gets everything in one transaction, and a second update does nothing", async () => {
  const expectation = await rehearsed();
  expect(await update(migrations, { rehearsed: expectation })).toMatchObject({ version: 4, baselined: [] });
  const before = await sql(
    "select version, applied_at, state from public.schema_migrations order by version",
  );
  expect(before.map(({ version, state }) => [version, state])).toEqual(
    [1, 2, 3, 4].map((n) => [n, "finished"]),
  );
  expect(await update(migrations, { rehearsed: expectation })).toMatchObject({ version: 4 });
  expect(
    await sql("select version, applied_at, state from public.schema_migrations order by version"),
  ).toEqual(before);
});

test("what is not as rehearsed is left as it was, and named", async () => {
  const expectation = await rehearsed();
  await update(migrations.slice(0, 2));
  await sql("alter table public.people alter column name set default 'nobody'");
  await sql("insert into public.people (id) values (1)");
  await expect(update(migrations, { rehearsed: expectation })).rejects.toMatchObject({
    what: expect.stringMatching(/not as it was rehearsed.*table public\.people/s),
  });
  expect(await sql("select to_regclass('public.more') as more")).toEqual([{ more: null }]);
  expect(await sql("select public.get_schema_version() as version")).toEqual([{ version: 3 }]);
});

test("an index that was left invalid is dropped and built anew, and what was built stays", async () => {
  await update(migrations.slice(0, 2));
  await sql("insert into public.people values (1, 'a', 'same'), (2, 'b', 'same')");
  const failed = update(migrations);
  await expect(failed).rejects.toBeInstanceOf(Fault);
  const [row] = await sql(
    "select state, statements_done, problem from public.schema_migrations where version = 3",
  );
  expect(row).toMatchObject({
    state: "invalid",
    statements_done: 1,
    problem: expect.stringContaining("Line 3"),
  });
  expect(await sql("select public.get_schema_version() as version")).toEqual([{ version: 2 }]);
  const [seen] = await using(async (session) => [await readDatabase(session)]);
  expect(seen?.state?.unfinished).toMatchObject([{ version: 3, state: "invalid" }]);

  await sql("update public.people set mail = 'other' where id = 2");
  expect(await update(migrations)).toMatchObject({ version: 4 });
  expect(
    await sql(
      "select indexrelid::regclass::text as name, indisvalid as valid from pg_index where indrelid = 'public.people'::regclass order by 1",
    ),
  ).toEqual([
    { name: "people_mail", valid: true },
    { name: "people_name", valid: true },
    { name: "people_pkey", valid: true },
  ]);
});

test("a build that broke off before the ledger was told is not begun twice", async () => {
  await update(migrations.slice(0, 2));
  const [, , outside] = migrations;
  await sql(
    `select public.note_migration(3, 'indexes', '${outside?.checksum}'); create index people_name on public.people (name)`,
  );
  expect(await update(migrations)).toMatchObject({ version: 4 });
});

test("objects that were made by hand are recognised and entered in the ledger, not run again", async () => {
  const expectation = await rehearsed();
  for (const { sql: text, version } of migrations) if (version < 3) await sql(text);
  expect(await update(migrations, { rehearsed: expectation })).toMatchObject({
    version: 4,
    baselined: ["0001_people", "0002_mail"],
  });
  expect(
    await sql(
      "select version, applied_by from public.schema_migrations where applied_by = 'baseline' order by 1",
    ),
  ).toEqual([1, 2].map((version) => ({ version, applied_by: "baseline" })));
});

test("objects that only look alike are a conflict, and nothing is changed", async () => {
  const expectation = await rehearsed();
  await sql("create table public.people (id text primary key)");
  await expect(update(migrations, { rehearsed: expectation })).rejects.toMatchObject({
    what: expect.stringContaining("stands in the way"),
  });
  expect(await sql("select to_regclass('public.schema_migrations') as ledger")).toEqual([{ ledger: null }]);
});

test("a file that was changed after it had been applied is refused", async () => {
  await update(migrations.slice(0, 2));
  const changed = [{ ...migrations[0], checksum: "f".repeat(64) } as Migration, ...migrations.slice(1)];
  await expect(update(changed)).rejects.toMatchObject({ what: expect.stringContaining("another content") });
});

test("another instance's database is refused", async () => {
  await update(migrations.slice(0, 1));
  await expect(update(migrations, { instance: "other000000000000000" })).rejects.toMatchObject({
    kind: "not-ours",
  });
});

test("a lock that somebody holds is waited for as long as said, and nothing is half done", async () => {
  await update(migrations.slice(0, 1));
  await using(async (holder) => {
    await holder.query("begin; lock table public.people in access exclusive mode");
    await expect(update(migrations.slice(0, 2))).rejects.toMatchObject({
      kind: "try-again",
      sqlState: "55P03",
    });
  });
  expect(await sql("select public.get_schema_version() as version")).toEqual([{ version: 1 }]);
  expect(await update(migrations.slice(0, 2))).toMatchObject({ version: 2 });
});

test("a database that is ahead of these files is left alone, and nobody is told to repair it", async () => {
  const expectation = await rehearsed();
  await update(migrations, { rehearsed: expectation });
  await expect(update(migrations.slice(0, 2), { rehearsed: expectation })).rejects.toMatchObject({
    what: expect.stringContaining("is at version 4, the newest here is 2"),
    next: expect.stringContaining("hub"),
  });
});

test("a table that stands open stops the update, whoever made it", async () => {
  await update(migrations.slice(0, 1));
  await sql("create table public.open (id integer)");
  await expect(update(migrations.slice(0, 2))).rejects.toMatchObject({
    what: "Row level security is off for: open",
    next: expect.stringContaining("Switch it on"),
  });
  expect(await sql("select public.get_schema_version() as version")).toEqual([{ version: 1 }]);
});

test("a migration of rows alone is run on a database that was made by hand: nobody can tell that it ran", async () => {
  const rows = file(2, "rows", "insert into public.people values (7, 'seven')");
  const both = [...migrations.slice(0, 1), rows];
  const catalogs = new Map<number, Catalog>();
  const name = `rows_${Math.random().toString(36).slice(2)}`;
  await createDatabase(inject("postgresUrl"), name);
  const at = new URL(inject("postgresUrl"));
  at.pathname = `/${name}`;
  let serverMajor = 0;
  for (const version of [0, 1, 2])
    await using(async (session) => {
      await updateDatabase(session, { instance, migrations: both.slice(0, version), patience });
      const found = await readDatabase(session);
      catalogs.set(version, found.catalog);
      serverMajor = found.serverMajor;
    }, at.href);
  await sql(migrations[0]?.sql ?? "");
  expect(await update(both, { rehearsed: { catalogs, serverMajor } })).toMatchObject({
    version: 2,
    baselined: ["0001_people"],
  });
  expect(await sql("select name from public.people")).toEqual([{ name: "seven" }]);
});
