import { readFileSync } from "node:fs";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { prepareDatabase } from "./migrate.ts";

const url = await testDatabase();
const pool = new pg.Pool({ connectionString: url, max: 2 });
pool.on("error", () => {});
afterAll(() => pool.end());

test("a hub of an older version keeps its tables and gets the instances' ledger", async () => {
  // As it was: names only.
  await pool.query(`create schema atoll;
    create table atoll.schema_migrations (version text primary key, applied_at timestamptz not null default now());
    insert into atoll.schema_migrations (version) values ('0001_journal.sql'), ('0001_hub.sql')`);
  await pool.query(readFileSync(new URL("../migrations/0001_journal.sql", import.meta.url), "utf8"));
  await pool.query(`insert into atoll.instances (id, slug, blueprint, environment, state, answers, chosen)
    values ('a', 'toko-a', 'shop', 'local', 'live', '{}', '{}')`);

  await prepareDatabase(url);
  await prepareDatabase(url);
  const { rows } = await pool.query(
    "select version, name, applied_by, state from atoll.schema_migrations order by version",
  );
  const [first, ...newer] = rows;
  expect(first).toEqual({ version: 1, name: "journal", applied_by: "baseline", state: "finished" });
  // Newer than that hub: really applied.
  expect(newer.map(({ name }) => name)).toContain("operations");
  for (const each of newer)
    expect(each).toMatchObject({ applied_by: expect.not.stringContaining("baseline"), state: "finished" });
  expect((await pool.query("select slug from atoll.instances")).rows).toEqual([{ slug: "toko-a" }]);
  expect((await pool.query("select atoll.get_schema_version() as version")).rows).toEqual([
    { version: newer.at(-1)?.version },
  ]);
  // The hub's own folder has not been asked yet: what the old ledger says of it waits.
  expect((await pool.query("select version from atoll.older_schema_migrations")).rows).toEqual([
    { version: "0001_hub.sql" },
  ]);
});

test("a file that was changed after it had been applied is refused", async () => {
  await pool.query("update atoll.schema_migrations set checksum = 'another' where version = 1");
  await expect(prepareDatabase(url)).rejects.toThrow("was applied with another content");
});
