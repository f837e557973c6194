// A dump that broke off is begun again or gone on with; one that ended is left alone; rows are of one moment.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, expect, inject, test } from "vitest";
import { checkArchive } from "./check.ts";
import { compareWith } from "./compare.ts";
import { type DumpOptions, dump } from "./dump.ts";
import { folderStorage } from "./folder.ts";
import { load } from "./load.ts";
import { openArchive } from "./open.ts";
import type { Storage } from "./storage.ts";
import { database, island } from "./testing/databases.ts";

const folder = mkdtempSync(path.join(tmpdir(), "atoll-resume-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const storage = folderStorage(folder);
const hubKey = randomBytes(32);
const schema = `create table public.a (id text primary key, label text); create table public.heap (label text);
  create table public.z (id integer primary key)`;
const source = await database(`${schema};
  insert into public.a select md5(n::text), repeat(md5(n::text), 30) from generate_series(1, 40000) n;
  insert into public.heap select repeat(md5(n::text), 30) from generate_series(1, 12000) n;
  insert into public.z select generate_series(1, 10)`);
const base: Omit<DumpOptions, "prefix"> = {
  from: { client: source },
  of: island,
  storage,
  sealed: true,
  hubKey,
};

/** A storage that breaks down at the nth object whose name holds a word. */
function breaking(word: string, nth: number): Storage {
  let seen = 0;
  return {
    ...storage,
    async put(name, content) {
      if (name.includes(word)) seen += 1;
      if (seen === nth) throw new Error("The storage broke down.");
      await storage.put(name, content);
    },
  };
}

test.each([
  ["in the middle of a table", "public.a.", 3, 2],
  ["in a table without a key", "public.heap.", 2, 5],
] as const)("broken off %s, it goes on behind the parts that are there", async (_, word, nth, atLeast) => {
  const prefix = `broken-${word.replaceAll(".", "")}`;
  await expect(dump({ ...base, prefix, storage: breaking(word, nth) })).rejects.toThrow("broke down");
  const { findings } = await checkArchive({ storage, prefix, hubKeys: [hubKey] });
  expect(findings.map(({ damage }) => damage)).toEqual(["unfinished"]);
  const written: string[] = [];
  const { manifest } = await dump({
    ...base,
    prefix,
    resume: true,
    onPart: ({ name }) => written.push(name),
  });
  expect(manifest.moment).toMatchObject({ is: "several", resumed: true });
  expect(manifest.parts.length - written.length).toBeGreaterThanOrEqual(atLeast);
  expect((await checkArchive({ storage, prefix, hubKeys: [hubKey] })).findings).toEqual([]);
  const archive = await openArchive({ storage, prefix, hubKeys: [hubKey] });
  expect((await compareWith(archive, source)).differences).toEqual([]);
});

test("without being asked to go on, it begins again, and nothing old is left", async () => {
  const prefix = "again";
  await expect(dump({ ...base, prefix, storage: breaking("public.z.", 1) })).rejects.toThrow("broke down");
  await storage.put(`${prefix}/tables/public.a.00099.ndjson.gz.sealed`, Buffer.from("old"));
  const { manifest } = await dump({ ...base, prefix });
  expect(manifest.moment.is).toBe("one");
  expect((await checkArchive({ storage, prefix, hubKeys: [hubKey] })).findings).toEqual([]);
});

test("a finished archive is never written over; whoever repeats the run is given it", async () => {
  const done = await dump({ ...base, prefix: "done" });
  await expect(dump({ ...base, prefix: "done" })).rejects.toMatchObject({ kind: "rejected" });
  expect(await dump({ ...base, prefix: "done", resume: true })).toEqual(done);
});

test("rows that change while it is under way do not get in", async () => {
  const own = await database(
    `${schema}; insert into public.a values ('before', ''); insert into public.z values (1)`,
  );
  const writer = new pg.Client({
    connectionString: inject("postgresUrl").replace(/[^/]*$/, String(own.database)),
  });
  await writer.connect();
  let wrote = false;
  await dump({
    ...base,
    from: { client: own },
    prefix: "moment",
    // The first part that is stored is of the first table: the others are still to be read.
    storage: {
      ...storage,
      async put(name, content) {
        if (name.includes("public.a.") && !wrote) {
          wrote = true;
          await writer.query("insert into public.z values (2); insert into public.heap values ('after')");
        }
        await storage.put(name, content);
      },
    },
  });
  await writer.end();
  expect(wrote).toBe(true);
  const { manifest } = await openArchive({ storage, prefix: "moment", hubKeys: [hubKey] });
  expect(manifest.tables.map(({ name, rows }) => [name, rows])).toEqual([
    ["a", 1],
    ["heap", 0],
    ["z", 1],
  ]);
});

test("an archive of another instance, of another version, or with unknown columns is refused before anything is touched", async () => {
  const archive = await openArchive({ storage, prefix: "done", hubKeys: [hubKey] });
  const lacking = await database(
    "create table public.a (id text primary key); create table public.heap (label text); create table public.z (id integer primary key)",
  );
  const cases: [object, string][] = [
    [{ sameInstance: "isle0000000000000002" }, "wrong-instance"],
    [{}, "unknown-column"],
  ];
  for (const [more, damage] of cases)
    await expect(load({ archive, client: lacking, onRows: "refuse", ...more })).rejects.toMatchObject({
      damage,
    });
  await lacking.query("alter table public.a add label integer");
  await expect(load({ archive, client: lacking, onRows: "refuse" })).rejects.toMatchObject({
    damage: "column-differs",
  });
  await lacking.query("drop table public.z");
  await lacking.query("alter table public.a alter label type text");
  await expect(load({ archive, client: lacking, onRows: "refuse" })).rejects.toMatchObject({
    damage: "unknown-table",
  });
  const newer = await database(
    `${schema}; create table public.schema_version (version integer); insert into public.schema_version values (3)`,
  );
  await expect(load({ archive, client: newer, onRows: "refuse" })).rejects.toMatchObject({
    damage: "older-schema",
  });
  const older = { ...archive, manifest: { ...archive.manifest, schema: { version: 4 } } };
  await expect(load({ archive: older, client: newer, onRows: "refuse" })).rejects.toMatchObject({
    damage: "newer-schema",
  });
  expect((await newer.query("select count(*)::int as n from public.a")).rows).toEqual([{ n: 0 }]);
});

test("rows that break a rule leave the database as it was, and their values out of the error", async () => {
  const archive = await openArchive({ storage, prefix: "done", hubKeys: [hubKey] });
  const strict = await database(`${schema}; alter table public.z add constraint small check (id < 10)`);
  const fault = await load({ archive, client: strict, onRows: "refuse" }).catch((error: unknown) => error);
  expect(fault).toMatchObject({
    damage: "refused-rows",
    where: "tables/public.z.00001.ndjson.gz",
    what: expect.stringContaining("23514, small"),
  });
  expect((await strict.query("select count(*)::int as n from public.a")).rows).toEqual([{ n: 0 }]);
});
