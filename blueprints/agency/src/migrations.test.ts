import { randomUUID } from "node:crypto";
import { databaseColumns } from "@atoll/blueprint-kit/testing/columns";
import { testProject } from "@atoll/blueprint-kit/testing/project";
import { vaultRights } from "@atoll/blueprint-kit/testing/vault";
import { workflowFrom } from "@atoll/blueprint-kit/workflow-file";
import { schema } from "@atoll/fleet/schema";
import { beforeAll, describe, expect, test } from "vitest";
import { migrations, seedFor } from "./migrations.ts";
import { workflowModules } from "./modules.ts";
import { workflows } from "./workflows.ts";

const tables =
  `client_notes clients company_settings files invoice_lines invoices notifications project_budgets
project_members projects tasks users`.split(/\s+/);
const ledger = "('schema_migrations', 'schema_version', 'instance_config', 'instance_config_log')";
const hostile = "O'Neill \"& Söns\"\\'; drop table public.users; -- $$ 🦀";
const places = {
  slug: "",
  supabaseUrl: "",
  webhookPath: "",
  webhookUrl: "",
  mail: { apiUrl: "", from: "" },
  social: { apiUrl: "" },
  bot: { apiUrl: "" },
  credentials: {},
};
const denied = "permission denied";
const refused = "row-level security";

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

/** One caller by name: "anon", "nobody" (signed up alone), "temporary" (an admin who still has the mailed password). */
type Who =
  | "anon"
  | "nobody"
  | "temporary"
  | "admin"
  | "manager"
  | "member"
  | "other"
  | "client"
  | "rival"
  | "service";
const people: Partial<Record<Who, string>> = {};

function by(who: Who, sql: string, parameters: unknown[] = []) {
  if (who === "anon") return as("anon", undefined, sql, parameters);
  if (who === "service") return as("service_role", undefined, sql, parameters);
  const claims = who === "temporary" ? { app_metadata: { must_change_password: true } } : {};
  return as("authenticated", people[who], sql, parameters, claims);
}

/** Who gets how many rows; everybody else is checked to get none or to be refused outright. */
async function sees(sql: string, expected: Partial<Record<Who, number>>): Promise<void> {
  const all: Who[] = [
    "nobody",
    "temporary",
    "admin",
    "manager",
    "member",
    "other",
    "client",
    "rival",
    "service",
  ];
  const found = await Promise.all(all.map(async (who) => [who, (await by(who, sql)).length] as const));
  expect(Object.fromEntries(found.filter(([, n]) => n > 0)), sql).toEqual(expected);
  await expect(by("anon", sql), sql).rejects.toThrow(denied);
}

const ours: Record<string, string> = {};
const theirs: Record<string, string> = {};

/** A client with a project, a task, files and invoices: one that "client" and "member" belong to, and a rival's. */
async function fill(name: string): Promise<Record<string, string>> {
  const client = await one(`insert into public.clients (name) values ('${name}') returning id`);
  const project = await one(
    `insert into public.projects (client_id, name) values ('${client}', 'Site') returning id`,
  );
  const add = (table: string, rest: string) => one(`insert into public.${table} ${rest} returning id`);
  await asOwner(
    `insert into public.project_budgets (project_id, amount_minor, currency) values ('${project}', 5, 'EUR')`,
  );
  const invoice = `(client_id, project_id, currency) values ('${client}', '${project}', 'EUR')`;
  return {
    client,
    project,
    note: await add("client_notes", `(client_id, body) values ('${client}', 'Pays late')`),
    task: await add("tasks", `(project_id, title) values ('${project}', 'Draw')`),
    shared: await add(
      "files",
      `(project_id, name, size_bytes, shared_with_client) values ('${project}', 'a.pdf', 1, true)`,
    ),
    internal: await add("files", `(project_id, name, size_bytes) values ('${project}', 'b.pdf', 1)`),
    draft: await add("invoices", invoice),
    sent: await add("invoices", invoice),
  };
}

beforeAll(async () => {
  const seed = seedFor({ name: hostile, adminEmail: "admin@a.test", locale: "fr", currency: "EUR" });
  await resource.apply({ at, want: { migrations, seed }, live: undefined, changes: [] });
  Object.assign(ours, await fill("Ours"));
  Object.assign(theirs, await fill("Theirs"));
  people.admin = await addUser("admin@a.test", { role: "admin" });
  people.temporary = await addUser("temporary@a.test", { role: "admin", must_change_password: true });
  people.manager = await addUser("manager@a.test", { role: "manager" });
  people.member = await addUser("member@a.test", { role: "member" });
  people.other = await addUser("other@a.test", { role: "member" });
  people.client = await addUser("client@b.test", { role: "client", client_id: ours.client });
  people.rival = await addUser("rival@c.test", { role: "client", client_id: theirs.client });
  people.nobody = await addUser("nobody@d.test", { provider: "email" });
  for (const [project, person] of [
    [ours.project, people.member],
    [theirs.project, people.other],
  ])
    await by("manager", "insert into public.project_members (project_id, user_id) values ($1, $2)", [
      project,
      person,
    ]);
  for (const invoice of [ours.sent, theirs.sent]) {
    await asOwner(
      `insert into public.invoice_lines (invoice_id, description, unit_price_minor) values ('${invoice}', 'Work', 100)`,
    );
    await by("manager", "select public.issue_invoice($1)", [invoice]);
  }
});

describe("the catalog", () => {
  test("holds exactly these tables, each under row security with a policy", async () => {
    const found = await asOwner(
      `select relname, relrowsecurity, (select count(*) from pg_policy where polrelid = c.oid)::int as policies
       from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not in ${ledger} order by 1`,
    );
    expect(found.map(({ relname }) => relname)).toEqual(tables);
    for (const { relname, relrowsecurity, policies } of found) {
      expect(relrowsecurity, String(relname)).toBe(true);
      expect(policies, String(relname)).toBeGreaterThan(0);
    }
  });

  test("knows no tenant: no such column, no such table", async () => {
    const words = "(agency|tenant|organi[sz]ation|workspace|account|company|team|instance)s?";
    const found = await asOwner(
      `select table_name || '.' || column_name as name from information_schema.columns
       where table_schema in ('public', 'private') and column_name ~ '^${words}_?(id|uuid|key|slug)$'
       union all
       select table_name from information_schema.tables
       where table_schema in ('public', 'private') and table_name ~ '^(user_)?${words}(_users|_members)?$'`,
    );
    expect(found).toEqual([]);
  });

  test("has an index for each foreign key", async () => {
    const bare = await asOwner(
      `select conrelid::regclass::text as "table", conname from pg_constraint c
       where contype = 'f' and connamespace = 'public'::regnamespace and not exists (
         select from pg_index i where i.indrelid = c.conrelid and i.indpred is null
           and (select array_agg(k order by k) from unnest((i.indkey::int2[])[0:cardinality(c.conkey) - 1]) k)
             = (select array_agg(k order by k) from unnest(c.conkey) k))`,
    );
    expect(bare).toEqual([]);
  });

  test("gives every function a fixed search path, and runs none for everybody", async () => {
    const loose = await asOwner(
      `select proname from pg_proc where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
       and (not coalesce('search_path=""' = any(proconfig), false)
         or exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee = 0))`,
    );
    expect(loose).toEqual([]);
  });

  test("grants nothing on tables to anon, and to everybody else only what is named", async () => {
    const grants = await asOwner(
      `select table_name, grantee from information_schema.role_table_grants
       where table_schema = 'public' and table_name not in ${ledger} and grantee in ('anon', 'PUBLIC')
       union all select table_name, grantee from information_schema.column_privileges
       where table_schema = 'public' and table_name not in ${ledger} and grantee in ('anon', 'PUBLIC')`,
    );
    expect(grants).toEqual([]);
  });

  test("moves updated_at on each table", async () => {
    const without = await asOwner(
      `select c.relname from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'r'
       and relname not in ${ledger} and not exists (select from pg_trigger where tgrelid = c.oid and tgname = 'touch_updated_at')`,
    );
    expect(without).toEqual([]);
    const [row] = await by(
      "manager",
      "update public.projects set status = 'active' where id = $1 returning updated_at > created_at as later",
      [ours.project],
    );
    expect(row).toEqual({ later: true });
  });
});

describe("who sees what", () => {
  test("company settings: the admin", () =>
    sees("select name from public.company_settings", { admin: 1, service: 1 }));

  test("people: the admin all, everybody themselves", () =>
    sees("select id from public.users", {
      admin: 8,
      service: 8,
      other: 1,
      manager: 1,
      member: 1,
      client: 1,
      rival: 1,
      nobody: 1,
      temporary: 1,
    }));

  test("clients: leads all, members those they work for, clients themselves", async () => {
    await sees("select id from public.clients", {
      admin: 2,
      manager: 2,
      service: 2,
      member: 1,
      other: 1,
      client: 1,
      rival: 1,
    });
    expect(await by("client", "select id from public.clients")).toEqual([{ id: ours.client }]);
    expect(await by("member", "select id from public.clients")).toEqual([{ id: ours.client }]);
  });

  test("projects: leads all, members where they are assigned, clients their own", async () => {
    await sees("select id from public.projects", {
      admin: 2,
      manager: 2,
      service: 2,
      member: 1,
      other: 1,
      client: 1,
      rival: 1,
    });
    expect(await by("client", "select id from public.projects")).toEqual([{ id: ours.project }]);
    expect(await by("rival", "select id from public.projects")).toEqual([{ id: theirs.project }]);
    expect(await by("member", "select id from public.projects")).toEqual([{ id: ours.project }]);
  });

  test.each(["client_notes", "project_budgets"])("%s: leads", (table) =>
    sees(`select * from public.${table}`, { admin: 2, manager: 2, service: 2 }),
  );

  test("who works on a project: leads and those on it", () =>
    sees("select user_id from public.project_members", {
      admin: 2,
      manager: 2,
      service: 2,
      member: 1,
      other: 1,
    }));

  test("tasks: leads and members of the project; no client", () =>
    sees("select id from public.tasks", { admin: 2, manager: 2, service: 2, member: 1, other: 1 }));

  test("files: clients only what was shared with them", async () => {
    await sees("select id from public.files", {
      admin: 4,
      manager: 4,
      service: 4,
      member: 2,
      other: 2,
      client: 1,
      rival: 1,
    });
    expect(await by("client", "select id from public.files")).toEqual([{ id: ours.shared }]);
  });

  test("invoices and their lines: leads, and clients their own as soon as they are issued", async () => {
    await sees("select id from public.invoices", { admin: 4, manager: 4, service: 4, client: 1, rival: 1 });
    await sees("select id from public.invoice_lines", {
      admin: 2,
      manager: 2,
      service: 2,
      client: 1,
      rival: 1,
    });
    expect(await by("client", "select id from public.invoices")).toEqual([{ id: ours.sent }]);
  });

  test("notifications: whose they are", async () => {
    for (const who of ["manager", "client", "nobody"] as const)
      await by("service", "insert into public.notifications (user_id, title) values ($1, 'x')", [
        people[who],
      ]);
    await sees("select id from public.notifications", { manager: 1, client: 1, service: 3 });
    expect(await by("client", "update public.notifications set read = true returning user_id")).toEqual([
      { user_id: people.client },
    ]);
    await expect(by("client", "update public.notifications set title = 'y'")).rejects.toThrow(denied);
    await expect(
      by("admin", "insert into public.notifications (user_id, title) values ($1, 'x')", [people.client]),
    ).rejects.toThrow(denied);
  });

  test("anybody may know name and logo, nobody else's names come with them", async () => {
    for (const who of ["anon", "nobody", "client"] as const)
      expect(await by(who, "select * from public.company_branding()")).toEqual([
        { name: hostile, logo_path: null, locale: "fr", currency: "EUR" },
      ]);
    const names = async (who: Who) =>
      (await by(who, "select full_name from public.colleagues() order by 1")).map((row) => row.full_name);
    expect(await names("manager")).toEqual(["admin", "manager", "member", "other", "temporary"]);
    expect(await names("member")).toEqual(["member"]);
    for (const who of ["client", "nobody", "temporary"] as const) expect(await names(who)).toEqual([]);
    await expect(by("anon", "select * from public.colleagues()")).rejects.toThrow(denied);
  });

  test("the vault's public keys: anybody; its secrets: the service role", async () => {
    await by(
      "service",
      `insert into public.instance_config (key, value, is_secret)
       values ('CITY_NAME', '"Here"', false), ('OPENAI_API_KEY', '"canary"', true)`,
    );
    for (const who of ["anon", "admin"] as const)
      expect(await by(who, "select key from public.instance_config")).toEqual([{ key: "CITY_NAME" }]);
  });
});

vaultRights(by, {
  admin: "admin",
  others: ["nobody", "temporary", "manager", "member", "client"],
  anon: "anon",
  service: "service",
});

describe("who changes what", () => {
  const may = async (who: Who, sql: string, parameters: unknown[] = []) =>
    expect(await by(who, `${sql} returning 1 as done`, parameters), `${who}: ${sql}`).toHaveLength(1);
  const mayNot = async (who: Who, sql: string, parameters: unknown[] = []) => {
    const rows = await by(who, `${sql} returning 1 as done`, parameters).catch((error: Error) => {
      expect(error.message, `${who}: ${sql}`).toMatch(/permission denied|row-level security/);
      return [];
    });
    expect(rows, `${who}: ${sql}`).toEqual([]);
  };

  test("settings: the admin, but not the invoices' counter", async () => {
    const sql = "update public.company_settings set logo_path = 'logo.png'";
    await may("admin", sql);
    for (const who of ["anon", "nobody", "temporary", "manager", "member", "client"] as const)
      await mayNot(who, sql);
    await mayNot("admin", "update public.company_settings set next_invoice_number = 1");
    await mayNot("admin", "delete from public.company_settings");
    await mayNot("admin", "insert into public.company_settings (name) values ('x')");
    for (const path of ["../x", "a/b.png", ".hidden", "a..png", ""])
      await expect(
        by("admin", "update public.company_settings set logo_path = $1", [path]),
        path,
      ).rejects.toThrow("check constraint");
  });

  test("people: their own name, the admin all names, nobody a role", async () => {
    const rename = "update public.users set full_name = 'Me' where id = $1";
    await may("client", rename, [people.client]);
    await may("admin", rename, [people.manager]);
    await mayNot("manager", rename, [people.member]);
    await mayNot("client", rename, [people.rival]);
    for (const who of ["admin", "member", "client", "nobody"] as const) {
      for (const column of ["role = 'admin'", "client_id = null", "password_changed_at = now()", "id = id"])
        await mayNot(who, `update public.users set ${column} where id = $1`, [people[who]]);
      await mayNot(who, "delete from public.users");
      await mayNot(who, "insert into public.users (id, role) values ($1, 'admin')", [randomUUID()]);
    }
  });

  test.each([
    ["clients", "insert into public.clients (name) values ('New')", []],
    ["clients", "update public.clients set name = 'Changed' where id = $1", ["client"]],
    ["notes", "insert into public.client_notes (client_id, body) values ($1, 'x')", ["client"]],
    ["projects", "insert into public.projects (client_id, name) values ($1, 'New')", ["client"]],
    ["projects", "update public.projects set name = 'Changed' where id = $1", ["project"]],
    ["budgets", "update public.project_budgets set amount_minor = 9 where project_id = $1", ["project"]],
    ["tasks", "delete from public.tasks where id = $1", ["task"]],
    ["invoices", "insert into public.invoices (client_id, currency) values ($1, 'EUR')", ["client"]],
    ["invoices", "update public.invoices set message = 'Hello' where id = $1", ["draft"]],
    [
      "lines",
      "insert into public.invoice_lines (invoice_id, description, unit_price_minor) values ($1, 'x', 5)",
      ["draft"],
    ],
    ["lines", "update public.invoice_lines set description = 'y' where invoice_id = $1", ["draft"]],
    ["lines", "delete from public.invoice_lines where invoice_id = $1", ["draft"]],
    ["invoices", "delete from public.invoices where id = $1", ["draft"]],
  ])("%s: leads only: %s", async (_, sql, names) => {
    for (const who of ["anon", "nobody", "temporary", "member", "client"] as const)
      await mayNot(
        who,
        sql,
        names.map((name) => ours[name]),
      );
    await may(
      "manager",
      sql,
      names.map((name) => theirs[name]),
    );
    await may(
      "admin",
      sql,
      names.map((name) => ours[name]),
    );
  });

  test("tasks: members in their own projects, for people of the project", async () => {
    const add = "insert into public.tasks (project_id, title, assignee_id) values ($1, 'x', $2)";
    await may("member", add, [ours.project, people.member]);
    await mayNot("member", add, [theirs.project, null]);
    await mayNot("client", add, [ours.project, null]);
    await expect(by("manager", add, [ours.project, people.manager])).rejects.toThrow("foreign key");
    const move = "update public.tasks set project_id = $1, assignee_id = null where assignee_id = $2";
    await expect(by("member", move, [theirs.project, people.member])).rejects.toThrow(refused);
    const [done] = await by(
      "member",
      "update public.tasks set status = 'done' where assignee_id = $1 returning completed_at is not null as at",
      [people.member],
    );
    expect(done).toEqual({ at: true });
  });

  test("projects: leads put people of the agency on them, and off again", async () => {
    const put = "insert into public.project_members (project_id, user_id) values ($1, $2)";
    await mayNot("member", put, [theirs.project, people.member]);
    await mayNot("client", put, [ours.project, people.client]);
    for (const who of ["client", "nobody"] as const)
      await expect(by("admin", put, [ours.project, people[who]])).rejects.toThrow("people of the agency");
    await may("admin", put, [theirs.project, people.member]);
    expect(await by("member", "select id from public.projects")).toHaveLength(2);
    await mayNot("member", "delete from public.project_members");
    await may("manager", "delete from public.project_members where project_id = $1 and user_id = $2", [
      theirs.project,
      people.member,
    ]);
    expect(await by("member", "select id from public.projects")).toHaveLength(1);
  });

  test("files: in one's own name, where one belongs", async () => {
    const add =
      "insert into public.files (project_id, name, size_bytes, shared_with_client) values ($1, $2, 1, $3)";
    await may("member", add, [ours.project, hostile, false]);
    await mayNot("member", add, [theirs.project, "x", false]);
    await may("client", add, [ours.project, "brief.pdf", true]);
    await mayNot("client", add, [ours.project, "x", false]);
    await mayNot("client", add, [theirs.project, "x", true]);
    for (const column of ["uploaded_by", "id"])
      await mayNot(
        "member",
        `insert into public.files (project_id, name, size_bytes, ${column}) values ($1, 'x', 1, $2)`,
        [ours.project, people.admin],
      );
    await mayNot("member", "update public.files set shared_with_client = true where id = $1", [
      ours.internal,
    ]);
    await mayNot("client", "update public.files set name = 'x' where id = $1", [ours.shared]);
    await mayNot("client", "delete from public.files");
    await mayNot("member", "delete from public.files where id = $1", [ours.shared]);
    await may("manager", "update public.files set shared_with_client = true where id = $1", [ours.internal]);
    await may("member", "delete from public.files where uploaded_by = $1", [people.member]);
  });
});

describe("storage", () => {
  const put = "insert into storage.objects (bucket_id, name) values ($1, $2) returning name";
  const add =
    "insert into public.files (project_id, name, size_bytes, shared_with_client) values ($1, 'f', 1, $2) returning storage_path";

  test("an object goes where its row says, and is read by who sees the row", async () => {
    const [row] = await by("member", add, [ours.project, false]);
    const path = row?.storage_path;
    for (const who of ["admin", "client", "rival", "nobody", "anon"] as const)
      await expect(by(who, put, ["files", path]), who).rejects.toThrow(/row-level security|denied/);
    await expect(by("member", put, ["files", "../x"])).rejects.toThrow(refused);
    await expect(by("member", put, ["branding", path])).rejects.toThrow(refused);
    expect(await by("member", put, ["files", path])).toHaveLength(1);
    const read = "select name from storage.objects where bucket_id = 'files'";
    for (const who of ["admin", "manager", "member"] as const) expect(await by(who, read)).toHaveLength(1);
    for (const who of ["other", "client", "rival", "nobody", "temporary", "anon"] as const)
      expect(await by(who, read), who).toEqual([]);
    await by("member", "update public.files set shared_with_client = true where storage_path = $1", [path]);
    expect(await by("client", read)).toHaveLength(1);
    expect(await by("rival", read)).toEqual([]);
  });

  test("nobody overwrites an object; uploaders and leads take it away", async () => {
    const change = "update storage.objects set name = 'x' where bucket_id = 'files' returning name";
    for (const who of ["admin", "member", "client"] as const) expect(await by(who, change)).toEqual([]);
    const remove = "delete from storage.objects where bucket_id = 'files' returning name";
    for (const who of ["other", "client", "rival", "anon"] as const)
      expect(await by(who, remove)).toEqual([]);
    expect(await by("member", remove)).toHaveLength(1);
    const [row] = await by("client", add, [ours.project, true]);
    await by("client", put, ["files", row?.storage_path]);
    expect(await by("client", remove)).toEqual([]);
    expect(await by("manager", remove)).toHaveLength(1);
  });

  test("the logo is the admin's", async () => {
    for (const who of ["manager", "member", "client", "temporary", "anon"] as const)
      await expect(by(who, put, ["branding", "logo.png"]), who).rejects.toThrow(/row-level security/);
    expect(await by("admin", put, ["branding", "logo.png"])).toHaveLength(1);
    expect(await asOwner("select id, public from storage.buckets order by 1")).toEqual([
      { id: "branding", public: true },
      { id: "files", public: false },
    ]);
  });
});

describe("invoices", () => {
  const add = "insert into public.invoices (client_id, currency) values ($1, 'EUR') returning id";
  const line =
    "insert into public.invoice_lines (invoice_id, description, quantity, unit_price_minor, tax_rate_bp) values ($1, 'Work', $2, $3, $4)";
  const issue = "select public.issue_invoice($1) as number";

  test("add up their lines, line by line, in whole minor units", async () => {
    const [{ id } = {}] = await by("manager", add, [ours.client]);
    await by("manager", line, [id, 1.5, 333, 1950]);
    await by("manager", line, [id, 2, 1000, 0]);
    const sums = "select subtotal_minor, tax_minor, total_minor from public.invoices where id = $1";
    expect(await by("manager", sums, [id])).toEqual([
      { subtotal_minor: "2500", tax_minor: "98", total_minor: "2598" },
    ]);
    await by("manager", "delete from public.invoice_lines where invoice_id = $1 and quantity = 2", [id]);
    expect(await by("manager", sums, [id])).toMatchObject([{ total_minor: "598" }]);
    await expect(
      by("manager", "update public.invoices set subtotal_minor = 1 where id = $1", [id]),
    ).rejects.toThrow(denied);
  });

  test("count the lines of two writers of whom one waits for the other", async () => {
    const [{ id } = {}] = await by("manager", add, [ours.client]);
    const here = "database = (select oid from pg_database where datname = current_database())";
    const isAtWork = `select 1 from pg_locks where locktype = 'advisory' and objid = 7 and ${here}`;
    // Has added its line, and ends when somebody waits for it; after 10 s in any case.
    const first = asOwner(`do $$ begin
      perform pg_advisory_xact_lock(7);
      insert into public.invoice_lines (invoice_id, description, unit_price_minor) values ('${id}', 'x', 100);
      for n in 1..1000 loop
        perform pg_stat_clear_snapshot();
        exit when exists (select from pg_locks l join pg_stat_activity a using (pid)
          where not l.granted and a.datname = current_database());
        perform pg_sleep(0.01);
      end loop;
    end $$`);
    await expect.poll(() => asOwner(isAtWork), { timeout: 10_000 }).toHaveLength(1);
    await by("manager", line, [id, 1, 100, 0]);
    await first;
    expect(await by("manager", "select total_minor from public.invoices where id = $1", [id])).toEqual([
      { total_minor: "200" },
    ]);
  });

  test("get numbers without a gap or a double, however many are issued at once", async () => {
    const before = Number(await one("select next_invoice_number from public.company_settings"));
    const ids = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const [{ id } = {}] = await by("manager", add, [ours.client]);
        await by("manager", line, [id, 1, 1, 0]);
        return id;
      }),
    );
    // Each is asked for twice at once: one of the two has to be refused, and must not use a number up.
    const results = await Promise.allSettled([...ids, ...ids].map((id) => by("manager", issue, [id])));
    const numbers = results
      .flatMap((result) => (result.status === "fulfilled" ? [String(result.value[0]?.number)] : []))
      .sort();
    expect(numbers).toEqual(
      Array.from({ length: 8 }, (_, index) => `INV-${String(before + index).padStart(5, "0")}`),
    );
  });

  test("are issued by leads, once, with a line", async () => {
    const [{ id } = {}] = await by("manager", add, [ours.client]);
    await expect(by("manager", issue, [id])).rejects.toThrow("needs a line");
    await by("manager", line, [id, 1, 1, 0]);
    for (const who of ["anon", "nobody", "temporary", "member", "client", "service"] as const)
      await expect(by(who, issue, [id]), who).rejects.toThrow(/Only admins|permission denied/);
    await by("admin", issue, [id]);
    await expect(by("admin", issue, [id])).rejects.toThrow("already");
    await expect(by("admin", issue, [randomUUID()])).rejects.toThrow("no such invoice");
  });

  test("stay as they were issued, but for being paid or voided", async () => {
    const [{ id } = {}] = await by("manager", add, [ours.client]);
    await by("manager", line, [id, 1, 1, 0]);
    const state = (status: string) =>
      by("manager", "update public.invoices set status = $2 where id = $1 returning status", [id, status]);
    await expect(state("sent")).rejects.toThrow("issued_is_numbered");
    await expect(state("paid")).rejects.toThrow("cannot go from draft to paid");
    await by("manager", issue, [id]);
    await expect(by("manager", line, [id, 1, 1, 0])).rejects.toThrow("cannot change");
    await expect(
      by("manager", "delete from public.invoice_lines where invoice_id = $1", [id]),
    ).rejects.toThrow("cannot change");
    for (const change of ["currency = 'USD'", `client_id = '${theirs.client}'`, "message = 'x'"])
      await expect(by("manager", `update public.invoices set ${change} where id = $1`, [id])).rejects.toThrow(
        "cannot change",
      );
    await expect(by("manager", "delete from public.invoices where id = $1", [id])).rejects.toThrow(
      "cannot be deleted",
    );
    expect(await state("paid")).toEqual([{ status: "paid" }]);
    await expect(state("void")).rejects.toThrow("cannot go from paid to void");
    await expect(state("draft")).rejects.toThrow("cannot go");
  });
});

test.each([
  ["projects (client_id, name, starts_on, ends_on) values ($1, 'x', '2026-02-02', '2026-02-01')"],
  ["projects (client_id, name) values ($1, '  ')"],
  ["clients (id, name) values ($1, '')"],
  ["clients (id, name, email) values ($1, 'x', 'no address')"],
  ["client_notes (client_id, body) values ($1, ' ')"],
  ["invoices (client_id, currency) values ($1, 'euro')"],
  ["invoices (client_id, currency, subtotal_minor) values ($1, 'EUR', -1)"],
  [
    "invoice_lines (invoice_id, description, unit_price_minor) select id, 'x', -1 from public.invoices where client_id = $1",
  ],
  [
    "invoice_lines (invoice_id, description, unit_price_minor, quantity) select id, 'x', 1, 0 from public.invoices where client_id = $1",
  ],
  [
    "project_budgets (project_id, amount_minor, currency) select id, -1, 'EUR' from public.projects where client_id = $1",
  ],
  ["files (project_id, name, size_bytes) select id, 'x', -1 from public.projects where client_id = $1"],
  ["files (project_id, name, size_bytes) select id, E'a\\nb', 1 from public.projects where client_id = $1"],
  ["tasks (project_id, title) select id, '' from public.projects where client_id = $1"],
  [
    "tasks (project_id, title, starts_on, due_on) select id, 'x', '2026-02-02', '2026-02-01' from public.projects where client_id = $1",
  ],
])("nonsense is refused whoever writes it: %s", async (rest) => {
  const sql = `insert into public.${rest}`;
  const client = await one("insert into public.clients (name) values ('N') returning id");
  await asOwner("insert into public.projects (client_id, name) values ($1, 'N')", [client]);
  await asOwner("insert into public.invoices (client_id, currency) values ($1, 'EUR')", [client]);
  const parameter = rest.startsWith("clients") ? randomUUID() : client;
  await expect(asOwner(sql, [parameter])).rejects.toThrow("check constraint");
});

describe("people", () => {
  test("follow what Auth says of them; what they write about themselves counts for nothing", async () => {
    const id = await addUser("later@a.test", { role: "member", client_id: ours.client });
    const now = () => asOwner("select role, client_id, email from public.users where id = $1", [id]);
    expect(await now()).toEqual([{ role: "member", client_id: null, email: "later@a.test" }]);
    await asAuth("update auth.users set raw_user_meta_data = $2 where id = $1", [id, { role: "admin" }]);
    await asAuth("update auth.users set email = 'new@a.test' where id = $1", [id]);
    expect(await now()).toEqual([{ role: "member", client_id: null, email: "new@a.test" }]);
    for (const metadata of [
      { role: "owner" },
      { role: "client" },
      { role: "client", client_id: "' or true" },
    ]) {
      await asAuth("update auth.users set raw_app_meta_data = $2 where id = $1", [id, metadata]);
      expect(await now()).toMatchObject([{ client_id: null }]);
      expect(await as("authenticated", id, "select id from public.projects")).toEqual([]);
    }
    await asAuth("delete from auth.users where id = $1", [id]);
    expect(await now()).toEqual([]);
  });

  test("with a password that came by mail have no role, until Auth says that it was changed", async () => {
    expect(await by("temporary", "select private.my_role() as role")).toEqual([{ role: null }]);
    await asAuth("update auth.users set encrypted_password = 'other' where id = $1", [people.temporary]);
    expect(await by("temporary", "select private.my_role() as role")).toEqual([{ role: "admin" }]);
  });
});

test("a password that came by mail opens nothing to members and clients either", async () => {
  const temporary = { app_metadata: { must_change_password: true } };
  for (const who of ["member", "client"] as const)
    for (const table of [
      "projects",
      "clients",
      "tasks",
      "files",
      "invoices",
      "invoice_lines",
      "project_members",
    ])
      expect(
        await as("authenticated", people[who], `select 1 from public.${table}`, [], temporary),
        `${who}: ${table}`,
      ).toEqual([]);
});

test("the workflows speak of tables and columns that are there", async () => {
  const columns = await asOwner(
    "select table_name, column_name from information_schema.columns where table_schema = 'public'",
  );
  const known = new Set(columns.map((row) => `${row.table_name}.${row.column_name}`));
  const named = workflowModules.flatMap((module) =>
    databaseColumns(workflowFrom(workflows[module].file, places).workflow),
  );
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((each) => !known.has(each))).toEqual([]);
});

test("the first rows are made once; what was changed since stays", async () => {
  const again = seedFor({ name: "Other", adminEmail: "x@a.test", locale: "id", currency: "IDR" });
  await asOwner(again);
  expect(await asOwner("select name, locale from public.company_settings")).toEqual([
    { name: hostile, locale: "fr" },
  ]);
});

test("the schema is ours, complete and answers its probe", async () => {
  const seen = await resource.observe(at);
  if (seen.is !== "present") throw new Error(seen.is);
  expect(seen.owner).toBe("us");
  expect(resource.compare({ migrations }, seen.attrs)).toEqual([]);
  expect(await resource.probe?.(seen.attrs)).toEqual([]);
});
