import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  allDifferences,
  type Catalog,
  catalogChanges,
  catalogQuery,
  changesSql,
  fingerprintOf,
  fingerprintSql,
} from "../catalog.ts";
import { readMigrations } from "../migrations.ts";
import { sqlLiteral } from "../quote.ts";
import { scratchOwner, scratchRoles, scratchSql } from "../rehearse/shape.ts";
import { provisionScript } from "../script.ts";
import type { Definitions } from "./definitions.ts";
import { driftOf, repairSql } from "./drift.ts";
import { definitionsQuery } from "./query.ts";
import { type Planting, plantings } from "./testing/plantings.ts";

const migrations = readMigrations(new URL("../../../../blueprints/business/migrations/", import.meta.url));
const everything = readFileSync(new URL("testing/everything.sql", import.meta.url), "utf8");

// What only a superuser makes.
const more = (owner: string) => `
create extension hstore schema extensions;
create function depot.watch() returns event_trigger language plpgsql as $$ begin null; end $$;
alter function depot.watch() owner to ${owner};
create event trigger watch on ddl_command_end when tag in ('CREATE TABLE', 'DROP TABLE') execute function depot.watch();
create policy ours on storage.objects for select to authenticated using (bucket_id = 'files');
`;

/** A database shaped like a project, owned by `owner`, with a blueprint and one of each kind of object in it. */
async function project(owner: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: await testDatabase() });
  await client.connect();
  client.on("error", () => {}); // it is dropped behind the file's back
  const at = (sql: string) => sql.replaceAll(scratchOwner, owner);
  for (const role of scratchRoles) await client.query(at(role));
  await client.query(at(scratchSql));
  await client.query(
    `set role ${owner}; ${provisionScript(migrations, { instance: "catalog000000000000" })}; ${everything}`,
  );
  await client.query(`reset role; ${more(owner)}`);
  return client;
}

let client: pg.Client;
let base: { catalog: Catalog; definitions: Definitions };

async function look(on = client): Promise<{ catalog: Catalog; definitions: Definitions }> {
  const { rows } = await on.query(`select ${catalogQuery} as catalog, ${definitionsQuery} as definitions`);
  return rows[0];
}

beforeAll(async () => {
  client = await project(scratchOwner);
  base = await look();
});
afterAll(() => client.end());

/** Plants something, lets `work` look at it, and leaves no trace. */
async function planted<T>({ sql, asSuperuser }: Planting, work: () => Promise<T>): Promise<T> {
  await client.query("begin");
  try {
    if (!asSuperuser) await client.query(`set local role ${scratchOwner}`);
    await client.query(sql);
    return await work();
  } finally {
    await client.query("rollback");
  }
}

/** A constraint or index of a table whose column could not be given its type back reads otherwise, too. */
const isPartOf = (name: string, table: string) =>
  /^(constraint|index) /.test(name) && name.includes(` ${table.replace(/^table /, "")}: `);

const sizes = { rows: plantings.length, sql: new Set(plantings.map(({ sql }) => sql)).size };

test("there are many kinds of change by hand, and each is another", () => {
  expect(sizes.rows).toBeGreaterThanOrEqual(60);
  expect(sizes.sql).toBe(sizes.rows);
});

test("an untouched database shows nothing, and its catalog is the hash of its definitions", async () => {
  const again = await look();
  expect(again).toEqual(base);
  expect(driftOf(base.definitions, again.definitions)).toEqual([]);
  expect(repairSql([])).toBe("");
  for (const [name, hash] of Object.entries(base.catalog))
    expect(
      createHash("md5")
        .update(base.definitions[name] ?? "")
        .digest("hex"),
      name,
    ).toBe(hash);
});

describe("a change by hand", () => {
  test.each(plantings)("$sql", async (planting) => {
    const { path, says, stays, isTheirs } = planting;
    await planted(planting, async () => {
      const found = await look();
      expect(allDifferences(base.catalog, found.catalog).map((change) => change.path)).toContain(path);

      // Both languages complain about the same.
      const complaints = catalogChanges(base.catalog, found.catalog).map((change) => change.path);
      expect(complaints.includes(path)).toBe(!isTheirs);
      const { rows } = await client.query(
        `select ${changesSql(`${sqlLiteral(JSON.stringify(base.catalog))}::jsonb`, `${sqlLiteral(JSON.stringify(found.catalog))}::jsonb`)} as wrong`,
      );
      const shown =
        complaints.slice(0, 5).join(", ") +
        (complaints.length > 5 ? ` and ${complaints.length - 5} more` : "");
      expect(rows[0].wrong ?? "").toBe(shown);

      const differences = driftOf(base.definitions, found.definitions);
      const named = differences.filter((difference) => difference.path === path);
      expect(named.map(({ what }) => what).join("\n")).toContain(says);
      expect(named[0]?.isOurs).toBe(!isTheirs);
      expect(named.some(({ sql }) => sql === "")).toBe(stays === true);

      const script = repairSql(differences);
      if (planting.asSuperuser !== "always") await client.query(`set local role ${scratchOwner}`);
      if (script !== "")
        await client.query(script).catch((error) => expect.fail(`${error.message}\n${script}`));
      const repaired = await look();
      const kept = new Set(differences.filter(({ sql }) => sql === "").map((difference) => difference.path));
      const left = driftOf(base.definitions, repaired.definitions);
      expect(
        left.filter(({ path: other }) => ![...kept].some((each) => other === each || isPartOf(other, each))),
        script,
      ).toEqual([]);
      if (kept.size === 0) expect(repaired.catalog).toEqual(base.catalog);
    });
  });
});

test("who owns the database, and how a session is set, make no difference", async () => {
  const other = await project('"postgres.other ref"');
  try {
    await other.query(
      "set search_path = depot, extensions, public; set timezone = 'Asia/Jakarta'; set datestyle = 'German'",
    );
    const seen = await look(other);
    expect(allDifferences(base.catalog, seen.catalog)).toEqual([]);
    const { rows } = await other.query(
      `select ${fingerprintSql} as print, current_setting('search_path') as path, current_setting('datestyle') as dates`,
    );
    expect(rows[0]).toEqual({
      print: fingerprintOf(base.catalog),
      path: "depot, extensions, public",
      dates: "German, DMY",
    });
  } finally {
    await other.end();
  }
});

test("rights that are written down and rights that are usual are the same", async () => {
  const usual = {
    sql: "create table public.plain (id integer); grant all on public.plain to current_user",
    path: "",
    says: "",
  };
  const written = await planted(usual, look);
  const plain = await planted({ ...usual, sql: "create table public.plain (id integer)" }, look);
  expect(written.catalog).toEqual(plain.catalog);
});

test("the fingerprint is the same in both languages, whatever is in a name", async () => {
  const catalog = { é: "1", ab: "2", z: "3", "🦀": "4", 'a"\\\n\u0007': "5", "": "6" };
  const { rows } = await client.query(
    `select md5(${sqlLiteral(JSON.stringify(catalog))}::jsonb::text) as print`,
  );
  expect(rows[0].print).toBe(fingerprintOf(catalog));
});

test("a scratch database becomes like another one, with all that was added there", async () => {
  const changes = `create table public.theirs (id serial primary key, deal_id uuid references public.deals (id));
    alter table public.theirs enable row level security; create policy all_of_it on public.theirs using (true);
    alter table public.deals add column extra text; drop table public.notifications;
    alter table public.deals drop column expected_close_on; create view public.peek as select extra from public.deals;
    alter table public.deals alter column amount type integer;
    create type public.theirs_kind as enum ('a'); create schema theirs; create table theirs.rows (kind public.theirs_kind)`;
  const like = await planted({ sql: changes, path: "", says: "" }, look);
  const differences = driftOf(like.definitions, base.definitions, { emptied: true });
  const copy = await planted({ sql: repairSql(differences), path: "", says: "" }, look);
  expect(allDifferences(like.catalog, copy.catalog)).toEqual([]);
  // And back.
  await client.query("begin");
  await client.query(`set local role ${scratchOwner}; ${changes}`);
  await client.query(repairSql(driftOf(base.definitions, like.definitions, { emptied: true })));
  const back = await look();
  await client.query("rollback");
  expect(allDifferences(base.catalog, back.catalog)).toEqual([]);
});
