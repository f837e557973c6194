import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { type Migration, readMigrations } from "./migrations.ts";
import { dollarQuoted, sqlIdentifier, sqlLiteral } from "./quote.ts";
import { schema } from "./schema.ts";
import { DatabaseGone, type SqlSession } from "./session.ts";

const folder = mkdtempSync(path.join(tmpdir(), "atoll-migrations-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const url = await testDatabase();

function filesOf(files: Record<string, string>): URL {
  const at = mkdtempSync(path.join(folder, "set-"));
  for (const [name, sql] of Object.entries(files)) writeFileSync(path.join(at, name), sql);
  return pathToFileURL(`${at}/`);
}

async function connect(database = url): Promise<SqlSession> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  return {
    // Several statements in one text give a list of results; the typings know only one.
    query: async (sql) => ([await client.query(sql)].flat().at(-1) as pg.QueryResult).rows,
    close: () => client.end(),
  };
}

async function sql(text: string, database = url): Promise<Record<string, unknown>[]> {
  const session = await connect(database);
  try {
    return await session.query(text);
  } finally {
    await session.close();
  }
}

const first = {
  "0001_things.sql": `create table public.things (id integer primary key, note text);
alter table public.things enable row level security;
create function public.twice(n integer) returns integer language sql as $$ select n * 2 $$;
insert into public.things select public.twice(21), '$apply$ it''s $migration$';`,
};
const second = {
  ...first,
  "0002_more.sql":
    "create table public.more (id integer);\nalter table public.more enable row level security;",
};
const at = { instance: "mine0000000000000000", name: "schema", within: "ref" };
const resource = schema({ connect: () => connect() });

async function ensure(migrations: Migration[], seed?: string) {
  const want = { migrations, ...(seed !== undefined && { seed }) };
  const seen = await resource.observe(at);
  const live = seen.is === "present" ? seen.attrs : undefined;
  const changes = live ? resource.compare(want, live) : [{ path: "", act: "create" as const }];
  if (changes.length > 0) await resource.apply({ at, want, live, changes });
  return changes;
}

async function attrs() {
  const seen = await resource.observe(at);
  if (seen.is !== "present") throw new Error(`The schema is ${seen.is}.`);
  return seen;
}

test("an empty database is absent, and gets ledger, mark, migrations and first rows in one go", async () => {
  expect(await resource.observe(at)).toEqual({ is: "absent" });
  const migrations = readMigrations(filesOf(first));
  await ensure(migrations, "insert into public.things values (1, 'seed') on conflict do nothing;");
  const seen = await attrs();
  expect(seen.owner).toBe("us");
  expect(seen.attrs).toMatchObject({
    version: 1,
    tablesWithoutRls: [],
    checksums: { 1: migrations[0]?.checksum },
  });
  expect(resource.compare({ migrations }, seen.attrs)).toEqual([]);
  expect(await resource.probe?.(seen.attrs)).toEqual([]);
  expect(await sql("select id, note from public.things order by id")).toEqual([
    { id: 1, note: "seed" },
    { id: 42, note: "$apply$ it's $migration$" },
  ]);
});

test("only what is pending is named and applied; a script that ran already changes nothing", async () => {
  const migrations = readMigrations(filesOf(second));
  expect(await ensure(migrations)).toEqual([{ path: "migrations.0002_more", act: "create", to: "applied" }]);
  expect(await ensure(migrations)).toEqual([]);
  const before = await sql("select * from public.schema_migrations order by version");
  expect(before.map(({ version, name, applied_by }) => [version, name, applied_by])).toEqual([
    [1, "things", "atoll"],
    [2, "more", "atoll"],
  ]);
  await resource.apply({ at, want: { migrations }, live: undefined, changes: [] });
  expect(await sql("select * from public.schema_migrations order by version")).toEqual(before);
});

test("two writers at once apply each migration once", async () => {
  const migrations = readMigrations(
    filesOf({
      ...second,
      "0003_again.sql": "create table public.third ();\nalter table public.third enable row level security;",
    }),
  );
  const { attrs: live } = await attrs();
  await Promise.all(
    Array.from({ length: 4 }, () => resource.apply({ at, want: { migrations }, live, changes: [] })),
  );
  expect((await attrs()).attrs.version).toBe(3);
});

test("a file that was changed after it was applied is refused, by us and by the database itself", async () => {
  const changed = readMigrations(filesOf({ "0001_things.sql": "create table public.things (id integer);" }));
  const { attrs: live } = await attrs();
  expect(resource.compare({ migrations: changed }, live).map(({ path, act }) => [path, act])).toEqual([
    ["migrations.0001_things", "update"],
  ]);
  await expect(
    resource.apply({ at, want: { migrations: changed }, live, changes: [] }),
  ).rejects.toMatchObject({
    name: "Fault",
    kind: "rejected",
    field: "migrations",
    what: expect.stringContaining("0001_things"),
  });
  await expect(
    resource.apply({ at, want: { migrations: changed }, live: undefined, changes: [] }),
  ).rejects.toThrow("another content");
});

test("a table opened behind our back is named, reported by the probe and closed again", async () => {
  const migrations = readMigrations(filesOf(first));
  await sql("alter table public.more disable row level security");
  const { attrs: live } = await attrs();
  expect(await resource.probe?.(live)).toEqual([expect.stringContaining("table more")]);
  expect(await ensure(migrations)).toEqual([
    { path: "tables.more.rowSecurity", act: "update", from: "off", to: "on" },
  ]);
  expect(await ensure(migrations)).toEqual([]);
});

test("a database of another instance is not ours, and its script stops before it changes anything", async () => {
  const foreign = { ...at, instance: "theirs00000000000000" };
  expect(await resource.observe(foreign)).toMatchObject({ is: "present", owner: "other" });
  const migrations = readMigrations(filesOf({ "0001_mine.sql": "create table public.mine ();" }));
  await expect(
    resource.apply({ at: foreign, want: { migrations }, live: undefined, changes: [] }),
  ).rejects.toThrow("another instance");
  expect(await sql("select to_regclass('public.mine') as mine")).toEqual([{ mine: null }]);
});

test("one failing statement, or one table without row security, leaves the database as empty as it was", async () => {
  const empty = await testDatabase();
  const there = schema({ connect: () => connect(empty) });
  const cases: [string, string][] = [
    ["create table public.a ();", "Row level security is off for: a"],
    [
      "create table public.a (); alter table public.a enable row level security; select 1/0;",
      "division by zero",
    ],
    [
      "create table public.a (); commit; alter table public.a enable row level security;",
      "EXECUTE of transaction",
    ],
  ];
  for (const [text, message] of cases) {
    const migrations = readMigrations(filesOf({ "0001_a.sql": text }));
    await expect(there.apply({ at, want: { migrations }, live: undefined, changes: [] })).rejects.toThrow(
      message,
    );
    expect(await there.observe(at)).toEqual({ is: "absent" });
    expect(await sql("select to_regclass('public.a') as a", empty)).toEqual([{ a: null }]);
  }
});

test("a project that is gone has no schema; any other trouble is passed on", async () => {
  const gone = schema({ connect: () => Promise.reject(new DatabaseGone()) });
  expect(await gone.observe(at)).toEqual({ is: "absent" });
  const down = schema({ connect: () => Promise.reject(new Error("down")) });
  await expect(down.observe(at)).rejects.toThrow("down");
});

test("a gap, a number used twice and a strange name are refused; line ends do not count", () => {
  expect(() => readMigrations(filesOf({ "0001_a.sql": "", "0003_c.sql": "" }))).toThrow("number 2 belongs");
  expect(() => readMigrations(filesOf({ "0001_a.sql": "", "0001_b.sql": "" }))).toThrow("number 2 belongs");
  expect(() => readMigrations(filesOf({ "1-a.sql": "" }))).toThrow("not named like a migration");
  const [unix] = readMigrations(filesOf({ "0001_a.sql": "select 1;\nselect 2;\n" }));
  const [windows] = readMigrations(filesOf({ "0001_a.sql": "select 1;\r\nselect 2;\r\n" }));
  expect(windows).toEqual(unix);
});

test("whatever a client typed stays inside its literal", async () => {
  const hostile = [
    "'; drop table public.things; --",
    "\\'; select 1; --",
    "a\\",
    "$$ $tag$ \n\r\t é 🦀",
    '"x"',
  ];
  for (const text of hostile) {
    for (const conforming of ["on", "off"])
      expect(
        await sql(`set standard_conforming_strings = ${conforming}; select ${sqlLiteral(text)} as text`),
      ).toEqual([{ text }]);
    expect(await sql(`select ${dollarQuoted(text, "tag")} as text`)).toEqual([{ text }]);
    expect(await sql(`select 1 as ${sqlIdentifier(text)}`)).toEqual([{ [text]: 1 }]);
  }
  expect(() => sqlLiteral("a\0b")).toThrow("NUL");
});

test("what is changed by hand is named, and neither repaired blindly nor taken for ours", async () => {
  const own = await testDatabase();
  const resource = schema({ connect: () => connect(own) });
  const migrations = readMigrations(filesOf(first));
  const want = { migrations };
  await resource.apply({ at, want, live: undefined, changes: [{ path: "", act: "create" }] });
  const look = async () => {
    const seen = await resource.observe(at);
    if (seen.is !== "present") throw new Error(`It is ${seen.is}.`);
    return seen.attrs;
  };
  expect(resource.compare(want, await look())).toEqual([]);
  // What is added beside ours is nobody's business.
  await sql(
    "create table public.theirs (id integer); alter table public.theirs enable row level security",
    own,
  );
  await sql("create index theirs_note on public.things (note)", own);
  expect(resource.compare(want, await look())).toEqual([]);

  await sql("create role visitor nologin", own).catch(() => {});
  await sql("create policy wide on public.things for select using (true)", own);
  await sql("grant select on public.things to visitor", own);
  await sql(
    "create or replace function public.twice(n integer) returns integer language sql as $$ select n * 3 $$",
    own,
  );
  await sql("alter table public.things add column extra text", own);
  const live = await look();
  const changes = resource.compare(want, live);
  expect(changes.map(({ path, act }) => `${act} ${path}`)).toEqual([
    "update function public.twice(n integer)",
    "update grants public.things",
    "remove policy public.things: wide",
    "update table public.things",
  ]);
  expect(await resource.probe?.(live)).toHaveLength(4);
  await expect(resource.apply({ at, want, live, changes })).rejects.toMatchObject({
    kind: "rejected",
    what: expect.stringContaining("policy public.things: wide (added)"),
  });
  await sql("drop policy wide on public.things; revoke select on public.things from visitor", own);
  await sql("alter table public.things drop column extra", own);
  await sql(
    "create or replace function public.twice(n integer) returns integer language sql as $$ select n * 2 $$",
    own,
  );
  expect(resource.compare(want, await look()).map(({ path }) => path)).toEqual([]);
});
