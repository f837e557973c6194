import { createHmac } from "node:crypto";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { expect, test } from "vitest";
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
