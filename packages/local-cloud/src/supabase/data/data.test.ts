import { testDatabase } from "@atoll/postgres/testing";
import { createClient } from "@supabase/supabase-js";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Caller, type DataApi, dataApi } from "./handler.ts";

let pool: pg.Pool;
let api: DataApi;

beforeAll(async () => {
  pool = new pg.Pool({ connectionString: await testDatabase(), max: 4 });
  for (const role of ["anon", "authenticated", "service_role bypassrls"]) {
    await pool.query(`do $$ begin create role ${role}; exception when duplicate_object then null; end $$`);
  }
  await pool.query(`
    create table companies (id int generated always as identity primary key, name text not null unique, tags text[] default '{}');
    create table contacts (id int generated always as identity primary key, name text not null, age int, note jsonb,
      owner text not null default current_setting('request.jwt.claims')::json->>'sub', company_id int references companies);
    create table labels (id int primary key, label text);
    create table contact_labels (contact_id int references contacts on delete cascade, label_id int references labels, primary key (contact_id, label_id));
    create table ungranted (id int);
    create table sealed (id int primary key, secret text); grant select (id), insert, update on sealed to authenticated;
    alter table companies enable row level security; alter table contacts enable row level security;
    create policy all_companies on companies using (true) with check (true);
    create policy own on contacts using (owner = current_setting('request.jwt.claims')::json->>'sub');
    grant all on companies, contacts, labels, contact_labels to authenticated, service_role;
    grant select on companies to anon; grant usage on schema public to anon, authenticated, service_role;
    create function add(a int, b int default 1) returns int language sql as 'select a + b';
    create function adults() returns setof contacts language sql stable as 'select * from contacts where age >= 18';
    create function nothing() returns void language sql as '';
    grant execute on all functions in schema public to authenticated;
    insert into labels values (1, 'vip'), (2, 'old');`);
  api = dataApi(pool);
});

afterAll(() => pool.end());

/** supabase-js, whose requests go straight to the handler. */
function client(caller: Caller) {
  return createClient("http://local.test", "key", {
    auth: { persistSession: false, autoRefreshToken: false },
    global: {
      fetch: (input, init) => {
        const request = new Request(input, init);
        return api.handle(request, new URL(request.url).pathname.replace("/rest/v1", ""), caller);
      },
    },
  });
}

const ada = client({ role: "authenticated", claims: { sub: "ada" } });
const bob = client({ role: "authenticated", claims: { sub: "bob" } });
const service = client({ role: "service_role", claims: { role: "service_role" } });
const anon = client({ role: "anon", claims: { role: "anon" } });

test("inserts, reads with filters, order and range, updates and deletes", async () => {
  const { data: company } = await ada
    .from("companies")
    .insert({ name: 'Acme, "Inc" (ü)', tags: ["a", "b"] })
    .select()
    .single();
  expect(company).toMatchObject({ name: 'Acme, "Inc" (ü)', tags: ["a", "b"] });
  const made = await ada
    .from("contacts")
    .insert([
      { name: "One", age: 10, note: { city: { zip: "75001" } }, company_id: company.id },
      { name: "Two", age: 20, note: null, company_id: company.id },
      { name: "Three%", age: 30, note: {}, company_id: null },
    ])
    .select("name");
  expect(made.error).toBeNull();
  expect(made.status).toBe(201);

  const names = async (query: PromiseLike<{ data: { name: string }[] | null; error: unknown }>) => {
    const { data, error } = await query;
    expect(error).toBeNull();
    return data?.map((each) => each.name);
  };
  const contacts = () => ada.from("contacts").select("name").order("age");
  expect(await names(contacts().gt("age", 10).lte("age", 30))).toEqual(["Two", "Three%"]);
  expect(await names(contacts().in("name", ["One", "Three%"]))).toEqual(["One", "Three%"]);
  expect(await names(contacts().ilike("name", "%WO"))).toEqual(["Two"]);
  expect(await names(contacts().is("company_id", null))).toEqual(["Three%"]);
  expect(await names(contacts().not("age", "eq", 20))).toEqual(["One", "Three%"]);
  expect(await names(contacts().or("age.eq.10,and(age.gte.30,name.like.Three*)"))).toEqual(["One", "Three%"]);
  expect(await names(contacts().eq("note->city->>zip", "75001"))).toEqual(["One"]);
  expect(await names(contacts().range(1, 1))).toEqual(["Two"]);
  expect(await names(ada.from("companies").select("name").contains("tags", ["a"]))).toHaveLength(1);

  const counted = await ada.from("contacts").select("*", { count: "exact", head: true }).gte("age", 20);
  expect(counted.count).toBe(2);

  const changed = await ada.from("contacts").update({ age: 11 }).eq("name", "One").select("age").single();
  expect(changed.data).toEqual({ age: 11 });
  const cast = await ada.from("contacts").select("years:age::text, age::int").eq("name", "Two").single();
  expect(cast.data).toEqual({ years: "20", age: 20 });
  expect((await ada.from("contacts").delete().eq("name", "Three%")).status).toBe(204);
  expect(await names(contacts())).toEqual(["One", "Two"]);
});

test("embeds along foreign keys, both ways, and through a table of pairs", async () => {
  const { data: contact } = await ada.from("contacts").select("id").eq("name", "One").single();
  await ada.from("contact_labels").insert({ contact_id: contact?.id, label_id: 1 });
  const { data, error } = await ada
    .from("contacts")
    .select("name, firm:companies(name), labels(label)")
    .eq("name", "One")
    .single();
  expect(error).toBeNull();
  expect(data).toEqual({ name: "One", firm: { name: 'Acme, "Inc" (ü)' }, labels: [{ label: "vip" }] });
  const back = await ada
    .from("companies")
    .select("contacts(name)")
    .order("name", { referencedTable: "contacts" })
    .single();
  expect(back.data?.contacts).toEqual([{ name: "One" }, { name: "Two" }]);
  const inner = await ada
    .from("companies")
    .select("name, contacts!inner(name)")
    .eq("contacts.name", "nobody");
  expect(inner.data).toEqual([]);
  expect((await ada.from("companies").select("labels(label)")).error?.code).toBe("PGRST200");
});

test("upserts by primary key and by the columns named", async () => {
  const first = await service
    .from("companies")
    .upsert({ name: "Up", tags: ["x"] }, { onConflict: "name" })
    .select()
    .single();
  const second = await service
    .from("companies")
    .upsert({ name: "Up", tags: ["y"] }, { onConflict: "name" })
    .select()
    .single();
  expect(second.data).toEqual({ ...first.data, tags: ["y"] });
  const third = await service
    .from("companies")
    .upsert({ name: "Up", tags: ["z"] }, { onConflict: "name", ignoreDuplicates: true })
    .select();
  expect(third.data).toEqual([]);
});

test("calls functions by their named arguments", async () => {
  expect((await ada.rpc("add", { a: 1 })).data).toBe(2);
  expect((await ada.rpc("add", { a: 1, b: 5 })).data).toBe(6);
  expect((await ada.rpc("adults").select("name, companies(tags)")).data).toEqual([
    { name: "Two", companies: { tags: ["a", "b"] } },
  ]);
  expect((await ada.rpc("adults").select("name").gt("age", 20)).data).toEqual([]);
  const read = await ada.rpc("adults", {}, { get: true, count: "exact" }).eq("name", "Two").single();
  expect(read).toMatchObject({ data: { age: 20 }, count: 1 });
  expect((await ada.rpc("add", { a: 1, b: 2 }, { get: true })).data).toBe(3);
  expect((await ada.rpc("nothing")).status).toBe(204);
  expect((await ada.rpc("missing", { x: 1 })).error).toMatchObject({ code: "PGRST202" });
});

test("row-level security and grants decide, under the caller's own role", async () => {
  expect((await bob.from("contacts").select()).data).toEqual([]);
  expect((await bob.from("contacts").update({ age: 0 }).neq("age", -1).select()).data).toEqual([]);
  expect((await bob.from("contacts").insert({ name: "x", owner: "ada" })).error).toMatchObject({
    code: "42501",
  });
  expect((await service.from("contacts").select("name")).data).toHaveLength(2);
  const refused = await anon.from("contacts").select();
  expect(refused).toMatchObject({ status: 401, error: { code: "42501" } });
  expect((await ada.from("ungranted").select()).status).toBe(403);
});

test("a column that may be written and not seen is written when only others are asked for", async () => {
  const sealed = ada.from("sealed");
  expect((await sealed.insert({ id: 1, secret: "a" }).select("id")).data).toEqual([{ id: 1 }]);
  expect((await sealed.update({ secret: "b" }).eq("id", 1).select("id")).data).toEqual([{ id: 1 }]);
  expect((await sealed.update({ secret: "c" }).eq("id", 1).select()).error).toMatchObject({ code: "42501" });
});

test("errors are PostgREST's own", async () => {
  expect((await ada.from("nowhere").select()).error).toMatchObject({ code: "PGRST205" });
  expect((await ada.from("contacts").select("nothing")).error).toMatchObject({ code: "42703" });
  expect((await ada.from("contacts").insert({ nothing: 1 })).error).toMatchObject({ code: "PGRST204" });
  expect((await ada.from("contacts").select().eq("age", "many")).error).toMatchObject({ code: "22P02" });
  expect((await ada.from("companies").insert({ name: "Up" })).status).toBe(409);
  expect(await ada.from("contacts").select().single()).toMatchObject({
    status: 406,
    error: { code: "PGRST116" },
  });
  expect((await ada.from("contacts").select().maybeSingle()).error).toMatchObject({ code: "PGRST116" });
  for (const stray of [ada.from("contacts").select("name"), ada.from("contacts").delete()])
    expect((await stray.eq("companies.name", "Up")).error).toMatchObject({ code: "PGRST108" });
  expect((await ada.from("contacts").select("a(")).error).toMatchObject({ code: "PGRST100" });
});

test("names and values that a client sends never become SQL", async () => {
  const bad = `x"; drop table contacts; --`;
  await ada.from("contacts").select(`"${bad}"`);
  await ada.from("contacts").select().eq(bad, bad);
  await ada.from("contacts").select().order(bad);
  await ada.from(bad).select();
  await ada.from("contacts").select().in("name", [`a'); drop table contacts; --`]);
  await ada.from("contacts").select().filter("note->a'b", "eq", "1");
  await ada.rpc(bad, { [bad]: bad });
  expect((await service.from("contacts").select("name")).data).toHaveLength(2);
});
