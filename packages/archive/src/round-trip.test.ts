// What goes into an archive comes out of it: every odd value, over a connection and page by page, into a database of its
// own, loaded by a login that is no superuser.

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import type pg from "pg";
import { afterAll, expect, test } from "vitest";
import type { Ask } from "./catalog.ts";
import { compareWith } from "./compare.ts";
import { dump, lastRows } from "./dump.ts";
import { folderStorage } from "./folder.ts";
import { load } from "./load.ts";
import { openArchive } from "./open.ts";
import { authSchema, database, island, oddSchema } from "./testing/databases.ts";

const folder = mkdtempSync(path.join(tmpdir(), "atoll-archive-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const storage = folderStorage(folder);
const hubKey = randomBytes(32);
const open = (prefix: string) => openArchive({ storage, prefix, hubKeys: [hubKey] });

const vault = `
create table public.instance_config (key text primary key, value jsonb not null, is_secret boolean not null default false);`;
const family = `
create table public.a (id integer primary key, b integer, parent integer references public.a);
create table public.b (id integer primary key, a integer references public.a deferrable initially deferred);
alter table public.a add constraint to_b foreign key (b) references public.b;
comment on constraint to_b on public.a is 'kept';
create table public.log (id bigserial primary key, what text);
create function public.note() returns trigger language plpgsql as $$ begin insert into public.log (what) values ('noted'); return null; end $$;
create trigger note after insert on public.a for each row execute function public.note();
create materialized view public.sums as select count(*) as n from public.a;`;
const schema = oddSchema + authSchema + vault + family;

const rows = `
insert into public.odd (amount, price, bytes, at, local, day, tod, span, ratio, small, doc, raw, words, numbers, within, many, couple, feeling, flag, code, label, ident, address, bits) values
  ('NaN', 1.1000, '\\x00ff5c0a', 'infinity', '-infinity', '4713-01-01 BC', '12:00:00.123456+05:30', '-1 year 2 days 03:04:05.6', 'NaN', 1e-37, '{"a": [1.10, "\\u00e9\\"\\\\"]}', '{"b" :  1, "b": 2}',
   array['a,b', '"', null, 'NULL', '', E'\\\\'], '{{1,2},{3,4}}', '[1,5)', '{[2020-01-01,infinity)}', row(null, null), '"quoted"', true, 'ab', E'tab\\t nl\\n cr\\r bs\\b ff\\f vt\\v bell\\x07 \\\\N "\\\\N"', '00000000-0000-0000-0000-000000000001', '10.0.0.1/8', b'0101'),
  (12345678901234567890123456789.000000000000000001, -0.0001, '', '2026-11-30 12:00:00.000001+00', 'epoch', 'infinity', null, '0', '-Infinity', 'Infinity', 'null', 'null', '{}', '{}', 'empty', '{}', row(1, '"),('), null, false, '', '', null, '::1', ''),
  (null, null, null, null, null, null, null, null, 1e308, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null),
  ('Infinity', null, null, null, null, null, null, null, 0.1, 0.1, null, null, null, null, null, null, row(null, ''), null, null, null, '\\.', null, null, null);
insert into public.heap values (1, 'x'), (1, 'x'), (null, null), (2, '\\N');
insert into public."Odd ""Name""/.." values ('z', 1), ('Z', 2), ('ä', 3), ('', 4);
insert into auth.users (id, email, encrypted_password, recovery_token, raw_app_meta_data, email_confirmed_at)
  select md5(n::text)::uuid, 'u' || n || '@isle.example', '$2a$hash' || n, 'token' || n, '{"role": "admin"}', now() from generate_series(1, 20) n;
insert into auth.identities select md5('i' || n)::uuid, md5(n::text)::uuid, 'email', '{}' from generate_series(1, 20) n;
update public.users set email = 'by hand';
insert into public.instance_config values ('ATOLL_INSTANCE_ID', '"source"', false), ('APP_NAME', '"Isle"', false), ('API_KEY', '"canary-4711"', true);
begin;
insert into public.b values (1, 2), (2, 1);
insert into public.a values (2, 1, null), (1, 2, 2), (3, null, 3);
commit;
select setval('public.log_id_seq', 9007199254740993, true);
refresh materialized view public.sums;`;

const source = await database(schema);
await source.query(rows);
// Pages need small tables only; the login of a hosted project is no superuser, which the loading ones are not either.
const asked: Ask = async (sql) => lastRows(await source.query(sql));

async function target(): Promise<pg.Client> {
  const client = await database();
  const role = `owner_${randomBytes(6).toString("hex")}`;
  await client.query(
    `create role ${role} nosuperuser; grant create on database ${client.database} to ${role}; alter schema public owner to ${role}`,
  );
  await client.query(`set role ${role}`);
  await client.query(schema);
  // Auth's tables are somebody else's there, with rights for the owner of public.
  await client.query(`reset role; alter schema auth owner to postgres; alter table auth.users owner to postgres;
    alter table auth.identities owner to postgres; grant usage on schema auth to ${role};
    grant all on all tables in schema auth to ${role}; set role ${role}`);
  await client.query("insert into public.instance_config values ('ATOLL_INSTANCE_ID', '\"target\"')");
  afterAll(async () => {
    await client.query(`reset role`).catch(() => {});
    await client.query(`drop owned by ${role} cascade; drop role ${role}`).catch(() => {});
  });
  return client;
}

test.each([
  ["sealed, of one moment", true, { client: source }, "one"],
  ["plain, page by page", false, { ask: asked }, "several"],
] as const)("%s: dumped, loaded and compared, nothing is lost", async (name, sealed, from, moment) => {
  const prefix = `trip-${moment}`;
  const { manifest } = await dump({ from, of: island, storage, prefix, sealed, hubKey });
  expect(manifest.moment.is).toBe(moment);
  const into = await target();
  const archive = await open(prefix);
  expect(archive.authentic, name).toBe(true);
  expect(
    await load({ archive, client: into, onRows: "refuse", sameInstance: island.instance.id }),
  ).toMatchObject({ is: "loaded" });
  expect((await compareWith(archive, into)).differences).toEqual([]);
  const look = async (sql: string) => (await into.query({ text: sql, rowMode: "array" })).rows;
  // The trigger on auth's table wrote, and what it wrote is gone; none of ours wrote, and all are on again.
  expect(await look("select distinct email from public.users")).toEqual([["by hand"]]);
  expect(await look("select count(*)::int from public.log")).toEqual([[3]]);
  expect(await look("select distinct tgenabled from pg_trigger where not tgisinternal")).toEqual([["O"]]);
  expect(await look("select value #>> '{}' from public.instance_config order by key")).toEqual([
    ["canary-4711"],
    ["Isle"],
    ["target"],
  ]);
  expect(await look("select last_value::text from public.log_id_seq")).toEqual([["9007199254740993"]]);
  expect(await look("select n::int from public.sums")).toEqual([[3]]);
  expect(await look("select count(*)::int from auth.users where confirmed_at is not null")).toEqual([[20]]);
  expect(
    await look(
      "select conname, obj_description(oid, 'pg_constraint') from pg_constraint where contype = 'f' and conrelid = 'public.a'::regclass order by 1",
    ),
  ).toEqual([
    ["a_parent_fkey", null],
    ["to_b", "kept"],
  ]);
  const [[couple]] = (await look(
    "select couple is not distinct from row(null, null)::public.pair from public.odd order by id limit 1",
  )) as [[boolean]];
  expect(couple).toBe(true);
  // Once more: it is all there.
  expect(await load({ archive, client: into, onRows: "refuse" })).toMatchObject({ is: "equal" });
});

test("a database with other rows is refused, and filled anew when that is asked for", async () => {
  const archive = await open("trip-one");
  const into = await target();
  await into.query(
    "insert into public.heap values (7, 'theirs'); insert into auth.users (id) values (gen_random_uuid())",
  );
  await expect(load({ archive, client: into, onRows: "refuse" })).rejects.toMatchObject({
    damage: "target-not-empty",
  });
  expect((await into.query("select n from public.heap")).rows).toEqual([{ n: 7 }]);
  await load({ archive, client: into, onRows: "replace" });
  expect((await compareWith(archive, into)).differences).toEqual([]);
});

test("both ways of reading print the same, byte by byte", async () => {
  const [one, other] = [await open("trip-one"), await open("trip-several")];
  const contents = async (archive: typeof one) =>
    await Promise.all(
      archive.manifest.parts.map(async (part) => [part.name, (await archive.read(part)).toString("utf8")]),
    );
  const copied = await contents(one);
  expect(copied.length).toBeGreaterThan(8);
  expect(await contents(other)).toEqual(copied);
});

test("a comparison names the rows that were changed, added and removed", async () => {
  const archive = await open("trip-one");
  const into = await target();
  await load({ archive, client: into, onRows: "refuse" });
  await into.query(`update public.odd set label = 'other' where id = 2; delete from public.odd where id = 3;
    insert into public.odd (label) values ('new'); delete from public.heap where n = 2; insert into public.heap values (2, 'N');
    update public."Odd ""Name""/.." set "a b" = 'y' where "a b" = 'z'; select nextval('public.log_id_seq')`);
  const { differences } = await compareWith(archive, into);
  expect(differences).toEqual([
    { table: 'public.Odd "Name"/..', is: "missing-row", key: ["z"] },
    { table: 'public.Odd "Name"/..', is: "extra-row", key: ["y"] },
    { table: "public.heap", is: "rows-differ" },
    { table: "public.odd", is: "changed-row", key: ["2"], columns: ["label"] },
    { table: "public.odd", is: "missing-row", key: ["3"] },
    { table: "public.odd", is: "extra-row", key: ["5"] },
    { table: "public.log_id_seq", is: "sequence" },
    { table: "public.odd_id_seq", is: "sequence" },
  ]);
});

test("a take-out holds no secret, says so, and can be loaded", async () => {
  const prefix = "take-out";
  const { manifest } = await dump({
    from: { client: source },
    of: { ...island, kind: "take-out" },
    storage,
    prefix,
    sealed: false,
    secretColumns: { "public.heap": ["label"] },
  });
  expect(manifest.secrets).toBe("left-out");
  expect(manifest.tables.find(({ name, schema }) => schema === "auth" && name === "users")?.leftOut).toEqual([
    "encrypted_password",
    "recovery_token",
  ]);
  const archive = await open(prefix);
  const all = (await Promise.all(manifest.parts.map((part) => archive.read(part)))).join("");
  expect(all).toContain("u7@isle.example");
  for (const secret of ["$2a$hash", "token7", "canary-4711"]) expect(all).not.toContain(secret);
  const into = await target();
  await load({ archive, client: into, onRows: "refuse" });
  expect((await compareWith(archive, into)).differences).toEqual([]);
});

test("whatever a text, an array or a document holds comes back as it was", async () => {
  const text = fc
    .string({ unit: "binary", maxLength: 40 })
    .map((each) => each.replaceAll("\0", "").toWellFormed());
  const into = await target();
  let trips = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.option(text), fc.array(fc.option(text)), fc.jsonValue(), fc.uint8Array()), {
        maxLength: 8,
      }),
      async (given) => {
        await source.query("truncate public.odd");
        for (const [label, words, doc, bytes] of given)
          await source.query("insert into public.odd (label, words, raw, bytes) values ($1, $2, $3, $4)", [
            label,
            words,
            JSON.stringify(doc).replaceAll("\\u0000", ""),
            Buffer.from(bytes),
          ]);
        trips += 1;
        for (const [way, from] of [
          ["copy", { client: source }],
          ["page", { ask: asked }],
        ] as const) {
          const prefix = `odd-${way}-${trips}`;
          await dump({ from, of: island, storage, prefix, sealed: true, hubKey });
          const archive = await open(prefix);
          await load({ archive, client: into, onRows: "replace" });
          expect((await compareWith(archive, into)).differences).toEqual([]);
          const values = "select label, words, raw::text, bytes from public.odd order by id";
          expect((await into.query(values)).rows).toEqual((await source.query(values)).rows);
        }
      },
    ),
    { numRuns: 10 },
  );
});
