import { randomUUID } from "node:crypto";
import { testProject } from "@atoll/blueprint-kit/testing/project";
import { vaultRights } from "@atoll/blueprint-kit/testing/vault";
import { schema } from "@atoll/fleet/schema";
import { beforeAll, describe, expect, test } from "vitest";
import { migrations, seedFor } from "./migrations.ts";

const tables = `activities analytics_snapshots audit_log client_usage_metrics companies contacts content_queue
content_templates deals email_campaigns email_sends email_sequences email_templates email_unsubscribes
notifications organizations platform_metrics social_accounts social_posts subscription_history users`.split(
  /\s+/,
);
const ledger = "('schema_migrations', 'schema_version', 'instance_config', 'instance_config_log')";
const hostile = "O'Neill \"& Söns\"\\'; drop table public.users; -- $$ 🦀";

const { as, asAuth, asOwner } = await testProject();
const at = { instance: "a0000000000000000000", name: "schema", within: "ref" };
const resource = schema({ connect: async () => ({ query: (sql) => asOwner(sql), close: async () => {} }) });

async function addUser(email: string, metadata: object): Promise<string> {
  const id = randomUUID();
  // In two statements, as Auth does it.
  await asAuth("insert into auth.users (id, email) values ($1, $2)", [id, email]);
  await asAuth("update auth.users set raw_app_meta_data = $2 where id = $1", [id, metadata]);
  return id;
}

const one = async (sql: string): Promise<string> => String(Object.values((await asOwner(sql))[0] ?? {})[0]);

let admin: string;
let member: string;
let stranger: string;
let home: string;
let abroad: string;
const company: Record<string, string> = {};

beforeAll(async () => {
  const want = { migrations, seed: seedFor({ name: hostile, slug: "home" }) };
  await resource.apply({ at, want, live: undefined, changes: [] });
  home = await one("select id from public.organizations where slug = 'home'");
  admin = await addUser("admin@home.test", { role: "admin", must_change_password: true });
  member = await addUser("member@home.test", { role: "member" });
  abroad = await one(
    "insert into public.organizations (name, slug) values ('Abroad', 'abroad') returning id",
  );
  stranger = await addUser("admin@abroad.test", { role: "admin", organization_id: abroad });
  for (const organization of [home, abroad])
    company[organization] = await one(
      `insert into public.companies (organization_id, name) values ('${organization}', 'Acme') returning id`,
    );
});

describe("the catalog", () => {
  test("holds exactly the 21 tables, 25 policies and 17 indexes", async () => {
    const found = await asOwner(
      `select tablename from pg_tables where schemaname = 'public' and tablename not in ${ledger} order by 1`,
    );
    expect(found.map(({ tablename }) => tablename)).toEqual(tables);
    const policies = await asOwner(
      `select tablename, count(*)::int as n from pg_policies
       where schemaname = 'public' and tablename not in ${ledger} group by 1`,
    );
    const count = Object.fromEntries(policies.map(({ tablename, n }) => [tablename, n]));
    expect(count).toEqual(
      Object.fromEntries(tables.map((table) => [table, ["organizations", "users"].includes(table) ? 3 : 1])),
    );
    expect(policies.reduce((sum, { n }) => sum + Number(n), 0)).toBe(25);
    const [indexes] = await asOwner(
      `select count(*)::int as n from pg_index i join pg_class t on t.oid = i.indrelid
       where t.relnamespace = 'public'::regnamespace and t.relname not in ${ledger}
         and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`,
    );
    expect(indexes).toEqual({ n: 17 });
  });

  test("has row security everywhere, UUID keys, both times, and a cascade from the organization", async () => {
    const [open] = await asOwner(
      "select count(*)::int as n from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and not relrowsecurity",
    );
    expect(open).toEqual({ n: 0 });
    const columns = await asOwner(
      "select table_name, column_name, data_type from information_schema.columns where table_schema = 'public'",
    );
    const type = (table: string, column: string) =>
      columns.find((each) => each.table_name === table && each.column_name === column)?.data_type;
    for (const table of tables) {
      expect(type(table, "id"), table).toBe("uuid");
      for (const column of ["created_at", "updated_at"])
        expect(type(table, column), table).toBe("timestamp with time zone");
    }
    const cascades = await asOwner(
      `select conrelid::regclass::text as "table" from pg_constraint
       where confrelid = 'public.organizations'::regclass and confdeltype = 'c'`,
    );
    const scoped = tables.filter((table) => !["organizations", "platform_metrics"].includes(table));
    expect(cascades.map(({ table }) => table).sort()).toEqual(scoped);
  });

  test("leaves schema auth as it was, but for one trigger", async () => {
    const [mine] = await asOwner(
      `select count(*)::int as n from pg_class where relnamespace = 'auth'::regnamespace and relkind = 'r'`,
    );
    expect(mine).toEqual({ n: 1 });
  });

  test("gives every function a fixed search path", async () => {
    const loose = await asOwner(
      `select proname from pg_proc where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
       and not coalesce('search_path=""' = any(proconfig), false)`,
    );
    expect(loose).toEqual([]);
  });
});

describe("people", () => {
  test("who were given a role belong to an organization; who signed up by themselves see nothing", async () => {
    const rows = "select email, role, organization_id from public.users where email = any($1) order by email";
    expect(await as("service_role", undefined, rows, [["admin@home.test", "member@home.test"]])).toEqual([
      { email: "admin@home.test", role: "admin", organization_id: home },
      { email: "member@home.test", role: "member", organization_id: home },
    ]);
    const nobody = await addUser("nobody@home.test", { provider: "email" });
    expect(await as("authenticated", nobody, "select organization_id, role from public.users")).toEqual([
      { organization_id: null, role: "member" },
    ]);
    for (const table of tables.filter((each) => each !== "users"))
      expect(await as("authenticated", nobody, `select id from public.${table}`), table).toEqual([]);
  });

  test("follow their metadata, and what users write about themselves counts for nothing", async () => {
    const id = await addUser("later@home.test", { role: "member", organization_id: home });
    await asAuth("update auth.users set raw_user_meta_data = $2 where id = $1", [id, { role: "admin" }]);
    await asAuth("update auth.users set email = 'new@home.test' where id = $1", [id]);
    expect(await asOwner(`select email, role from public.users where id = '${id}'`)).toEqual([
      { email: "new@home.test", role: "member" },
    ]);
    for (const metadata of [
      { role: "owner" },
      { role: "admin", organization_id: "' or true" },
      { role: "admin", organization_id: randomUUID() },
    ]) {
      await asAuth("update auth.users set raw_app_meta_data = $2 where id = $1", [id, metadata]);
      expect(await asOwner(`select organization_id from public.users where id = '${id}'`)).toEqual([
        { organization_id: null },
      ]);
    }
    await asAuth("delete from auth.users where id = $1", [id]);
    expect(await asOwner(`select id from public.users where id = '${id}'`)).toEqual([]);
  });

  test("with a password that came by mail belongs to nothing, until Auth says that it was changed", async () => {
    const mine = "select private.my_organization_id() is not null as inside";
    const temporary = { app_metadata: { must_change_password: true } };
    expect(await as("authenticated", member, mine, [], temporary)).toEqual([{ inside: false }]);
    const claim = "update public.users set password_changed_at = now() where id = $1";
    await expect(as("authenticated", member, claim, [member], temporary)).rejects.toThrow(
      "permission denied",
    );
    await asAuth("update auth.users set encrypted_password = 'other' where id = $1", [member]);
    expect(await as("authenticated", member, mine, [], temporary)).toEqual([{ inside: true }]);
  });

  test("may change their name, and cannot raise themselves", async () => {
    const changed = "update public.users set full_name = 'Me' where id = $1 returning id";
    expect(await as("authenticated", member, changed, [member])).toEqual([{ id: member }]);
    expect(await as("authenticated", member, changed, [admin])).toEqual([]);
    for (const column of ["role = 'admin'", `organization_id = '${abroad}'`, "email = 'x@x.test'", "id = id"])
      await expect(
        as("authenticated", member, `update public.users set ${column} where id = $1`, [member]),
        column,
      ).rejects.toThrow("permission denied");
    await expect(
      as("authenticated", member, "insert into public.users (id) values ($1)", [member]),
    ).rejects.toThrow("permission denied");
    await expect(as("authenticated", member, "delete from public.users")).rejects.toThrow(
      "permission denied",
    );
  });

  test("rename their organization as its admin only, and never another", async () => {
    const rename = "update public.organizations set name = name where id = $1 returning slug";
    expect(await as("authenticated", admin, rename, [home])).toEqual([{ slug: "home" }]);
    expect(await as("authenticated", admin, rename, [abroad])).toEqual([]);
    expect(await as("authenticated", member, rename, [home])).toEqual([]);
    const add = "insert into public.organizations (name, slug) values ('Branch', $1)";
    await as("authenticated", admin, add, ["branch"]);
    await expect(as("authenticated", member, add, ["member"])).rejects.toThrow("row-level security");
    expect(await as("authenticated", admin, "select name, slug from public.organizations")).toEqual([
      { name: hostile, slug: "home" },
    ]);
  });
});

const shared: Record<string, string> = {
  companies: "name) values ($1, 'x'",
  contacts: "first_name) values ($1, 'x'",
  deals: "title) values ($1, 'x'",
  activities: "subject) values ($1, 'x'",
  email_campaigns: "name, subject) values ($1, 'x', 'x'",
  email_templates: "name, subject) values ($1, 'x', 'x'",
  email_sequences: "name) values ($1, 'x'",
  email_sends: "email) values ($1, 'x@x.test'",
  email_unsubscribes: "email) values ($1, 'x@x.test'",
  social_posts: "content, platform) values ($1, 'x', 'x'",
  social_accounts: "platform, handle) values ($1, 'x', 'x'",
  content_queue: "title) values ($1, 'x'",
  content_templates: "name) values ($1, 'x'",
};

describe("an organization's tables", () => {
  test.each(Object.entries(shared))(
    "%s: written and read by its people, closed to others",
    async (table, rest) => {
      const insert = `insert into public.${table} (organization_id, ${rest}) returning id`;
      const [row] = await as("authenticated", member, insert, [home]);
      const id = String(row?.id);
      await expect(as("authenticated", member, insert, [abroad])).rejects.toThrow("row-level security");
      const read = `select id from public.${table} where id = $1`;
      expect(await as("authenticated", admin, read, [id])).toEqual([{ id }]);
      expect(await as("authenticated", stranger, read, [id])).toEqual([]);
      const move = `update public.${table} set organization_id = $2 where id = $1 returning id`;
      await expect(as("authenticated", member, move, [id, abroad])).rejects.toThrow("row-level security");
      expect(await as("authenticated", stranger, move, [id, abroad])).toEqual([]);
      const remove = `delete from public.${table} where id = $1 returning id`;
      expect(await as("authenticated", stranger, remove, [id])).toEqual([]);
      expect(await as("authenticated", member, remove, [id])).toEqual([{ id }]);
    },
  );

  test("a row cannot point to a row of another organization", async () => {
    const insert =
      "insert into public.contacts (organization_id, first_name, company_id) values ($1, 'x', $2) returning id";
    expect(await as("authenticated", member, insert, [home, company[home]])).toHaveLength(1);
    await expect(as("authenticated", member, insert, [home, company[abroad]])).rejects.toThrow("foreign key");
    await asOwner(`delete from public.companies where id = '${company[home]}'`);
    expect(await asOwner("select company_id, organization_id from public.contacts")).toEqual([
      { company_id: null, organization_id: home },
    ]);
  });

  test("a change moves updated_at", async () => {
    const [row] = await asOwner(
      `insert into public.deals (organization_id, title, updated_at) values ('${home}', 'x', 'epoch') returning id`,
    );
    expect(
      await as(
        "authenticated",
        member,
        "update public.deals set stage = 'won' where id = $1 returning updated_at > 'epoch' as later",
        [row?.id],
      ),
    ).toEqual([{ later: true }]);
  });

  test("notifications are one person's own", async () => {
    const insert = "insert into public.notifications (organization_id, user_id, title) values ($1, $2, 'x')";
    await as("service_role", undefined, insert, [home, member]);
    await expect(as("authenticated", member, insert, [home, member])).rejects.toThrow("permission denied");
    const read = "update public.notifications set read = true returning user_id";
    expect(await as("authenticated", admin, read)).toEqual([]);
    expect(await as("authenticated", member, read)).toEqual([{ user_id: member }]);
    await expect(as("authenticated", member, "update public.notifications set title = 'y'")).rejects.toThrow(
      "permission denied",
    );
  });

  test("the log is added to in one's own name, read by admins, and changed by nobody", async () => {
    const insert = "insert into public.audit_log (organization_id, user_id, action) values ($1, $2, 'x')";
    await as("authenticated", member, insert, [home, member]);
    await expect(as("authenticated", member, insert, [home, admin])).rejects.toThrow("row-level security");
    await expect(as("authenticated", member, insert, [abroad, member])).rejects.toThrow("row-level security");
    const read = "select user_id from public.audit_log";
    expect(await as("authenticated", admin, read)).toEqual([{ user_id: member }]);
    expect(await as("authenticated", member, read)).toEqual([]);
    expect(await as("authenticated", stranger, read)).toEqual([]);
    for (const change of ["delete from public.audit_log", "update public.audit_log set action = 'y'"])
      await expect(as("authenticated", admin, change)).rejects.toThrow("permission denied");
  });

  test("figures and bills are read, never written", async () => {
    const fill: Record<string, string> = {
      client_usage_metrics: "metric, period_start, period_end) values ($1, 'x', now(), now()",
      subscription_history: "plan, status) values ($1, 'x', 'x'",
      analytics_snapshots: "kind) values ($1, 'x'",
    };
    for (const [table, rest] of Object.entries(fill)) {
      const insert = `insert into public.${table} (organization_id, ${rest})`;
      await as("service_role", undefined, insert, [home]);
      await expect(as("authenticated", admin, insert, [home]), table).rejects.toThrow("permission denied");
      const read = `select organization_id from public.${table}`;
      expect(await as("authenticated", member, read)).toEqual([{ organization_id: home }]);
      expect(await as("authenticated", stranger, read)).toEqual([]);
    }
    await as(
      "service_role",
      undefined,
      "insert into public.platform_metrics (metric, quantity) values ('x', 1)",
    );
    expect(await as("authenticated", member, "select metric from public.platform_metrics")).toEqual([]);
    expect(await as("authenticated", admin, "select metric from public.platform_metrics")).toEqual([
      { metric: "x" },
    ]);
  });
});

vaultRights(
  (who: "admin" | "temporary" | "member" | "visitor" | "anon" | "service", sql, parameters) => {
    if (who === "anon") return as("anon", undefined, sql, parameters);
    if (who === "service") return as("service_role", undefined, sql, parameters);
    const claims = who === "temporary" ? { app_metadata: { must_change_password: true } } : {};
    const user = { admin, temporary: admin, member, visitor: randomUUID() }[who];
    return as("authenticated", user, sql, parameters, claims);
  },
  { admin: "admin", others: ["temporary", "member", "visitor"], anon: "anon", service: "service" },
);

test("whoever is not signed in reads nothing but public configuration", async () => {
  for (const table of [...tables, "schema_migrations", "schema_version"])
    await expect(as("anon", undefined, `select * from public.${table}`), table).rejects.toThrow(
      "permission denied",
    );
  await as(
    "service_role",
    undefined,
    `insert into public.instance_config (key, value, is_secret)
     values ('CITY_NAME', '"Here"', false), ('OPENAI_API_KEY', '"canary"', true)`,
  );
  for (const [role, user] of [
    ["anon", undefined],
    ["authenticated", admin],
  ] as const)
    expect(await as(role, user, "select key, value from public.instance_config")).toEqual([
      { key: "CITY_NAME", value: "Here" },
    ]);
  await expect(as("authenticated", admin, "select public.register_migration(9, 'x', 'x')")).rejects.toThrow(
    "permission denied",
  );
  expect(await as("authenticated", member, "select public.get_schema_version() as n")).toEqual([
    { n: migrations.length },
  ]);
});

test("the schema is ours, complete and answers its probe", async () => {
  const seen = await resource.observe(at);
  if (seen.is !== "present") throw new Error(seen.is);
  expect(seen.owner).toBe("us");
  expect(resource.compare({ migrations }, seen.attrs)).toEqual([]);
  expect(await resource.probe?.(seen.attrs)).toEqual([]);
});
