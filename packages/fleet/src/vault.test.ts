import { createHmac } from "node:crypto";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { expect, test } from "vitest";
import { catalogKey } from "./catalog.ts";
import { schema } from "./schema.ts";
import { jsonLiteral, vaultSeed } from "./vault.ts";
import { valueProblem } from "./vault-value.ts";

const url = await testDatabase();

async function sql(text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return ([await client.query(text)].flat().at(-1) as pg.QueryResult).rows; // the typings know only one result
  } finally {
    await client.end();
  }
}

const at = { instance: "mine0000000000000000", name: "schema", within: "ref" };
const resource = schema({ connect: async () => ({ query: sql, close: async () => {} }) });

test("a database without Supabase's roles, and a blueprint without migrations, have the vault too", async () => {
  const seed = vaultSeed([{ key: "APP_NAME", value: "O'Neill \\ $$", type: "text" }]);
  await resource.apply({ at, want: { migrations: [], seed }, live: undefined, changes: [] });
  const [row] = await sql("select atoll.vault_look('mine0000000000000000', '{}') as seen");
  expect(row?.seen).toMatchObject({
    ours: true,
    rows: [{ key: "APP_NAME", value: "O'Neill \\ $$", type: "text", by: "atoll" }],
  });
});

test("an older ledger is drift, and is brought up to date", async () => {
  await sql("update public.instance_config set value = '\"older\"' where key = 'ATOLL_LEDGER'");
  const seen = await resource.observe(at);
  if (seen.is !== "present") throw new Error(seen.is);
  const changes = resource.compare({ migrations: [] }, seen.attrs);
  expect(changes).toMatchObject([{ path: "ledger", act: "update", from: "older" }]);
  await resource.apply({ at, want: { migrations: [] }, live: seen.attrs, changes });
  const after = await resource.observe(at);
  expect(after.is === "present" && resource.compare({ migrations: [] }, after.attrs)).toEqual([]);
});

test("the MAC that the database computes is HMAC-SHA256", async () => {
  const key = Buffer.from("a key of thirty-two bytes, or so");
  const block = (by: number) =>
    Buffer.from(Array.from({ length: 64 }, (_, index) => by ^ (key[index] ?? 0))).toString("hex");
  const blocks = jsonLiteral({ inner: block(0x36), outer: block(0x5c) });
  const [row] = await sql(`select atoll.value_mac(${jsonLiteral("sécret 🦀")}, ${blocks}) as mac`);
  expect(row?.mac).toBe(createHmac("sha256", key).update('"sécret 🦀"').digest("hex"));
});

test("a write over another row than the one that was seen is refused by the database itself", async () => {
  const put = async (value: string, seen: string) => {
    const given = `'mine0000000000000000', 'CAS', ${jsonLiteral(value)}, 'text', false, '${seen}', 'hub', '{}'`;
    const [row] = await sql(`select atoll.vault_put(${given}) as told`);
    return row?.told as { outcome: string; at?: string }; // as the function builds it
  };
  const first = await put("one", "");
  expect(first.outcome).toBe("written");
  expect(await put("two", "")).toEqual({ outcome: "conflict" });
  await sql("update public.instance_config set value = '\"by hand\"' where key = 'CAS'");
  expect(await put("two", first.at ?? "")).toEqual({ outcome: "conflict" });
  const drop = (seen: string) =>
    sql(`select atoll.vault_drop('mine0000000000000000', 'CAS', '${seen}', 'hub') as told`);
  expect(await drop(first.at ?? "")).toEqual([{ told: { outcome: "conflict" } }]);
  const [row] = await sql(
    "select value, atoll.moment(updated_at) as at from public.instance_config where key = 'CAS'",
  );
  expect(row?.value).toBe("by hand");
  expect((await put("two", String(row?.at))).outcome).toBe("written");
});

const mine = "'mine0000000000000000'";
const rowOf = async (key: string) =>
  (await sql(`select value, is_secret, updated_by from public.instance_config where key = '${key}'`))[0];

test("a writer that waits too long for a row is told of a conflict, and its secret is in no failing statement", async () => {
  await sql("insert into public.instance_config (key, value) values ('HELD', '1')");
  const holder = new pg.Client({ connectionString: url });
  await holder.connect();
  try {
    for (const lock of [
      "select 1 from public.instance_config where key = 'HELD' for update",
      "lock table public.instance_config in access exclusive mode",
    ]) {
      await holder.query(`begin; ${lock}`);
      const put = `atoll.vault_put(${mine}, 'HELD', '"canary"', 'text', true, null, 'hub', '{}')`;
      for (const call of [put, `atoll.vault_drop(${mine}, 'HELD', null, 'hub')`])
        expect(await sql(`set local lock_timeout = '50ms'; select ${call} as told`), call).toEqual([
          { told: { outcome: "conflict" } },
        ]);
      await holder.query("rollback");
    }
  } finally {
    await holder.end();
  }
  expect(await rowOf("HELD")).toMatchObject({ value: 1 });
});

test("what was public and is added again as a secret stays readable nowhere", async () => {
  await sql("insert into public.instance_config (key, value) values ('WAS_PUBLIC', '\"canary\"')");
  await sql("delete from public.instance_config where key = 'WAS_PUBLIC'");
  await sql(
    "insert into public.instance_config (key, value, is_secret) values ('WAS_PUBLIC', '\"other\"', true)",
  );
  const log = await sql("select * from public.instance_config_log where key = 'WAS_PUBLIC'");
  expect(log).toHaveLength(3);
  expect(JSON.stringify(log)).not.toContain("canary");
});

test("an edit by hand is its writer's, whoever wrote before", async () => {
  const [{ me } = {}] = await sql("select current_user as me");
  const edit = (more = "") =>
    `update public.instance_config set value = '"by hand"'${more} where key = 'WHOSE'`;
  for (const before of ["atoll", "hub"]) {
    await sql(
      `insert into public.instance_config (key, value, updated_by) values ('WHOSE', '"x"', '${before}')
       on conflict (key) do update set value = excluded.value, updated_by = excluded.updated_by`,
    );
    await sql(edit());
    expect(await rowOf("WHOSE")).toMatchObject({ updated_by: me });
  }
  for (let times = 0; times < 2; times++) {
    await sql(`set local atoll.by = 'hub'; ${edit(", updated_by = 'hub'")}`);
    expect(await rowOf("WHOSE")).toMatchObject({ updated_by: "hub" });
  }
});

test("edits from before that kept the tool's name are nobody's to overwrite", async () => {
  await sql(
    `insert into public.instance_config (key, value, updated_by) values ('OLD_EDIT', '"x"', 'atoll');
     set local atoll.by = 'atoll'; update public.instance_config set value = '"y"' where key = 'OLD_EDIT'`,
  );
  expect(await rowOf("OLD_EDIT")).toMatchObject({ updated_by: "atoll" });
  await sql(
    `create or replace function atoll.stamp_vault() returns trigger language plpgsql as 'begin return new; end';
     update public.instance_config set value = '"older"' where key = 'ATOLL_LEDGER';
     delete from public.instance_config where key = '${catalogKey}'`,
  );
  const seen = await resource.observe(at);
  if (seen.is !== "present") throw new Error(seen.is);
  await resource.apply({ at, want: { migrations: [] }, live: seen.attrs, changes: [] });
  expect(await rowOf("OLD_EDIT")).toMatchObject({ value: "y", updated_by: "somebody" });
  expect(await rowOf("APP_NAME")).toMatchObject({ updated_by: "atoll" });
});

test("new answers reach the keys that nobody touched, and no others", async () => {
  const keys = (value: string) =>
    ["KEPT", "EDITED", "GONE"].map((key) => ({ key, value, type: "text" as const }));
  const apply = async (value: string) => {
    const want = { migrations: [], seed: vaultSeed(keys(value)) };
    const seen = await resource.observe(at);
    if (seen.is !== "present") throw new Error(seen.is);
    const changes = resource.compare(want, seen.attrs);
    await resource.apply({ at, want, live: seen.attrs, changes });
    const after = await resource.observe(at);
    expect(after.is === "present" && resource.compare(want, after.attrs)).toEqual([]);
    return changes.map(({ path }) => path);
  };
  expect(await apply("one")).toEqual(["answers"]);
  await sql("update public.instance_config set value = '\"mine\"' where key = 'EDITED'");
  await sql("delete from public.instance_config where key = 'GONE'");
  expect(await apply("two")).toEqual(["answers"]);
  expect(await rowOf("KEPT")).toMatchObject({ value: "two", updated_by: "atoll" });
  expect(await apply("three")).toEqual(["answers"]);
  expect(await rowOf("KEPT")).toMatchObject({ value: "three", updated_by: "atoll" });
  expect(await rowOf("EDITED")).toMatchObject({ value: "mine" });
  expect(await rowOf("GONE")).toBeUndefined();
});

test("a value that a constraint refuses is refused in words for people", async () => {
  const [row] = await sql(
    `select atoll.vault_put(${mine}, 'N', '"x"', 'number', false, '', 'hub', '{}') as told`,
  );
  expect(row?.told).toEqual({ outcome: "refused", problem: "The instance does not take this value." });
});

test("where a blueprint has no roles of its own, an admin is whom Auth's admin API made one", async () => {
  await sql(`create schema auth; create table auth.users (id uuid primary key, email text, raw_app_meta_data jsonb);
    insert into auth.users values ('00000000-0000-4000-8000-000000000001', 'a@x.test', '{"role": "admin"}'),
      ('00000000-0000-4000-8000-000000000002', 'b@x.test', '{"role": "member"}')`);
  const isAdmin = async (id: number, claims: object = {}) => {
    const all = { sub: `00000000-0000-4000-8000-00000000000${id}`, ...claims };
    const set = `select set_config('request.jwt.claims', ${jsonLiteral(all)}::text, true)`;
    return (await sql(`${set}; select atoll.is_admin() as yes`))[0]?.yes;
  };
  expect(await isAdmin(1)).toBe(true);
  expect(await isAdmin(1, { app_metadata: { must_change_password: true } })).toBe(false);
  expect(await isAdmin(2)).toBe(false);
  expect(await isAdmin(2, { app_metadata: { role: "admin" } })).toBe(false);
  expect(await isAdmin(3)).toBe(false);
  expect(await sql("select atoll.is_admin() as yes")).toEqual([{ yes: false }]);
});

test.each([
  ["text", 7],
  ["number", "7"],
  ["number", Number.NaN],
  ["boolean", "true"],
  ["url", "javascript:alert(1)"],
  ["email", "nobody"],
  ["coordinates", { latitude: 91, longitude: 0 }],
  ["coordinates", [1, 2]],
  ["json", undefined],
  ["json", null],
  ["text", "a\0b"],
  ["json", { a: ["\ud800"] }],
  ["json", JSON.parse(`${"[".repeat(60)}${"]".repeat(60)}`)],
  ["text", "é".repeat(10_001)],
] as const)("%s takes no %j", (type, value) => {
  expect(valueProblem(type, value)).toEqual(expect.any(String));
});

test.each([
  ["text", ""],
  ["text", "\\u0000 typed out 🦀"],
  ["number", -1.5],
  ["boolean", false],
  ["url", "https://x.test/?a=b"],
  ["email", "o'neill@x.test"],
  ["coordinates", { latitude: -6.2, longitude: 106.8, zoom: 11 }],
  ["json", [{ a: null }]],
] as const)("%s takes %j", (type, value) => {
  expect(valueProblem(type, value)).toBeUndefined();
});
