import { randomUUID } from "node:crypto";
import { databaseColumns } from "@atoll/blueprint-kit/testing/columns";
import { testProject } from "@atoll/blueprint-kit/testing/project";
import { vaultRights } from "@atoll/blueprint-kit/testing/vault";
import { workflowFrom } from "@atoll/blueprint-kit/workflow-file";
import { schema } from "@atoll/fleet/schema";
import { vaultSeed } from "@atoll/fleet/vault";
import { beforeAll, describe, expect, test } from "vitest";
import { migrations, vaultOf } from "./migrations.ts";
import { workflowModules } from "./modules.ts";
import { questions } from "./questions.ts";
import { workflows } from "./workflows.ts";

const tables = `announcements bot_private bot_settings community_settings federation_peers members
notifications places users`.split(/\s+/);
const ledger = "('schema_migrations', 'schema_version', 'instance_config', 'instance_config_log')";
const hostile = "O'Neill \"& Söns\"\\'; drop table public.users; -- $$ 🦀";
const denied = "permission denied";
const canary = "canary-secret-value";
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

const { as, asAuth, asOwner } = await testProject();
const at = { instance: "a0000000000000000000", name: "schema", within: "ref" };
const resource = schema({ connect: async () => ({ query: (sql) => asOwner(sql), close: async () => {} }) });
const answers = questions.parse({
  name: hostile,
  slug: "villa",
  city: "Saint-Étienne-d'Ici",
  mapCenter: "45.4397, 4.3872",
  adminEmail: "admin@a.test",
  botName: "L'aide",
});

async function addUser(email: string, metadata: object): Promise<string> {
  const id = randomUUID();
  // In two statements, as Auth does it.
  await asAuth("insert into auth.users (id, email) values ($1, $2)", [id, email]);
  await asAuth("update auth.users set raw_app_meta_data = $2 where id = $1", [id, metadata]);
  return id;
}

/** One caller by name: "visitor" (signed up alone), "temporary" (an admin who still has the mailed password). */
type Who = "anon" | "visitor" | "temporary" | "member" | "moderator" | "admin" | "service";
const people: Partial<Record<Who, string>> = {};
const everybody: Who[] = ["anon", "visitor", "temporary", "member", "moderator", "admin", "service"];
const outside: Who[] = ["anon", "visitor", "temporary"];

function by(who: Who, sql: string, parameters: unknown[] = []) {
  if (who === "anon") return as("anon", undefined, sql, parameters);
  if (who === "service") return as("service_role", undefined, sql, parameters);
  const claims = who === "temporary" ? { app_metadata: { must_change_password: true } } : {};
  return as("authenticated", people[who], sql, parameters, claims);
}

/** How many rows each gets; "denied" for a refusal. */
async function sees(sql: string, parameters: unknown[] = []): Promise<Record<Who, number | "denied">> {
  const count = async (who: Who) => {
    try {
      return (await by(who, sql, parameters)).length;
    } catch (error) {
      expect(String(error)).toContain(denied);
      return "denied" as const;
    }
  };
  const found = await Promise.all(everybody.map(async (who) => [who, await count(who)] as const));
  return Object.fromEntries(found) as Record<Who, number | "denied">; // one entry for each of `everybody`
}

/** True when it changed something, false when nothing was found or it was refused. */
const changes = (who: Who, sql: string, parameters: unknown[] = []) =>
  by(who, `${sql} returning 1 as done`, parameters).then(
    (rows) => rows.length > 0,
    (error: Error) => {
      expect(error.message, `${who}: ${sql}`).toMatch(/permission denied|row-level security/);
      return false;
    },
  );

/** Who may and who may not, all tried. */
async function only(allowed: Who[], sql: string, parameters: () => unknown[] = () => []): Promise<void> {
  for (const who of everybody)
    expect(await changes(who, sql, parameters()), `${who}: ${sql}`).toBe(allowed.includes(who));
}

const row = async (sql: string, parameters: unknown[] = []) => (await asOwner(sql, parameters))[0] ?? {};

beforeAll(async () => {
  await resource.apply({
    at,
    want: { migrations, seed: vaultSeed(vaultOf(answers)) },
    live: undefined,
    changes: [],
  });
  people.admin = await addUser("admin@a.test", { role: "admin" });
  people.temporary = await addUser("temporary@a.test", { role: "admin", must_change_password: true });
  people.moderator = await addUser("moderator@a.test", { role: "moderator" });
  people.member = await addUser("member@a.test", { role: "member" });
  people.visitor = await addUser("visitor@d.test", { provider: "email" });
});

describe("the catalog", () => {
  test("holds exactly these tables, each under row security with a policy", async () => {
    const found = await asOwner(
      `select relname, relrowsecurity, (select count(*) from pg_policy where polrelid = c.oid)::int as policies,
         exists (select from pg_trigger where tgrelid = c.oid and tgname = 'touch_updated_at') as touched
       from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not in ${ledger} order by 1`,
    );
    expect(found.map(({ relname }) => relname)).toEqual(tables);
    for (const { relname, relrowsecurity, policies, touched } of found) {
      expect([relrowsecurity, touched], String(relname)).toEqual([true, true]);
      expect(policies, String(relname)).toBeGreaterThan(0);
    }
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

  test("gives every function a fixed search path, and runs none for everybody or for anon", async () => {
    const loose = await asOwner(
      `select proname from pg_proc where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
       and (not coalesce('search_path=""' = any(proconfig), false)
         or exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee = 0)
         or has_function_privilege('anon', oid, 'execute'))`,
    );
    expect(loose).toEqual([]);
  });

  test("lets anon write nothing", async () => {
    const grants = await asOwner(
      `select table_name, privilege_type from information_schema.column_privileges
       where table_schema = 'public' and grantee in ('anon', 'PUBLIC') and privilege_type <> 'SELECT'`,
    );
    expect(grants).toEqual([]);
  });
});

describe("the community's page", () => {
  test("settings: read by everybody, filled from the answers, written by nobody", async () => {
    const [settings] = await by("anon", "select * from public.community_settings");
    expect(settings).toMatchObject({
      name: hostile,
      type: "municipality",
      city: "Saint-Étienne-d'Ici",
      locale: "fr",
      contact_email: "admin@a.test",
      latitude: 45.4397,
      longitude: 4.3872,
      zoom: 13,
    });
    for (const n of Object.values(await sees("select name from public.community_settings")))
      expect(n).toBe(1);
    await only([], "update public.community_settings set name = 'x'");
    await only([], "delete from public.community_settings");
  });

  test("places: everybody what is published; moderators all", async () => {
    await by(
      "moderator",
      `insert into public.places (name, latitude, longitude, status)
       values ('Hall', 1, 2, 'published'), ('Secret garden', 1, 2, 'draft')`,
    );
    expect(await sees("select id, name from public.places")).toEqual({
      anon: 1,
      visitor: 1,
      temporary: 1,
      member: 1,
      moderator: 2,
      admin: 2,
      service: 2,
    });
    await expect(by("anon", "select created_by from public.places")).rejects.toThrow(denied);
    const add =
      "insert into public.places (name, latitude, longitude, status) values ('x', 0, 0, 'published')";
    await only(["moderator", "admin", "service"], add);
  });

  test("places: members propose, and change what nobody has published yet", async () => {
    const propose =
      "insert into public.places (name, latitude, longitude) values ('Bench', 0, 0) returning id";
    const [{ id } = {}] = await by("member", propose);
    for (const who of outside) await expect(by(who, propose), who).rejects.toThrow(/denied|row-level/);
    const change = "update public.places set name = 'Big bench' where id = $1";
    expect(await changes("member", change, [id])).toBe(true);
    expect(await changes("visitor", change, [id])).toBe(false);
    expect(await changes("member", "update public.places set status = 'published' where id = $1", [id])).toBe(
      false,
    );
    expect(await changes("member", "update public.places set created_by = null where id = $1", [id])).toBe(
      false,
    );
    expect(
      await changes("moderator", "update public.places set status = 'published' where id = $1", [id]),
    ).toBe(true);
    expect(await changes("member", change, [id])).toBe(false);
    expect(await changes("member", "delete from public.places where id = $1", [id])).toBe(false);
    expect(await by("member", "select id from public.places where id = $1", [id])).toHaveLength(1);
  });

  test("announcements: everybody what is published and not over; moderators write them", async () => {
    await by(
      "moderator",
      `insert into public.announcements (title, status, publish_at, starts_at, ends_at) values
       ('Now', 'published', null, null, null),
       ('Tomorrow', 'published', null, now(), now() + interval '1 day'),
       ('Over', 'published', null, now() - interval '2 days', now() - interval '1 day'),
       ('Later', 'scheduled', now() + interval '1 day', null, null),
       ('Draft', 'draft', null, null, null), ('Old', 'archived', null, null, null)`,
    );
    expect(await sees("select id, title from public.announcements")).toEqual({
      anon: 2,
      visitor: 2,
      temporary: 2,
      member: 2,
      moderator: 6,
      admin: 6,
      service: 6,
    });
    await expect(by("anon", "select publish_at from public.announcements")).rejects.toThrow(denied);
    const [now] = await by(
      "anon",
      "select published_at is not null as at from public.announcements where title = 'Now'",
    );
    expect(now).toEqual({ at: true });
    for (const sql of [
      "insert into public.announcements (title) values ('x')",
      "update public.announcements set is_pinned = true where title = 'Now'",
    ])
      await only(["moderator", "admin", "service"], sql);
    expect(await changes("member", "delete from public.announcements")).toBe(false);
    expect(await changes("moderator", "delete from public.announcements where title = 'Old'")).toBe(true);
  });
});

describe("people", () => {
  test("the list of members: moderators; each their own entry", async () => {
    await by(
      "moderator",
      "insert into public.members (name, email, user_id, status) values ('Mo', 'mo@x.test', $1, 'active'), ('Li', null, null, 'pending')",
      [people.member],
    );
    expect(await sees("select name, phone from public.members")).toEqual({
      anon: "denied",
      visitor: 0,
      temporary: 0,
      member: 1,
      moderator: 2,
      admin: 2,
      service: 2,
    });
    await only(["moderator", "admin", "service"], "insert into public.members (name) values ('x')");
    await only(
      ["moderator", "admin", "service"],
      "update public.members set status = 'active' where name = 'Mo'",
    );
  });

  test("accounts: the admin all, everybody themselves; nobody a role", async () => {
    expect(await sees("select id from public.users")).toEqual({
      anon: "denied",
      visitor: 1,
      temporary: 1,
      member: 1,
      moderator: 1,
      admin: 5,
      service: 5,
    });
    expect(
      await changes("member", "update public.users set full_name = 'Me' where id = $1", [people.member]),
    ).toBe(true);
    expect(
      await changes("admin", "update public.users set full_name = 'x' where id = $1", [people.member]),
    ).toBe(false);
    for (const who of ["visitor", "member", "moderator", "admin"] as const)
      for (const column of ["role = 'admin'", "password_changed_at = now()"])
        expect(await changes(who, `update public.users set ${column} where id = $1`, [people[who]])).toBe(
          false,
        );
  });

  test("follow what Auth says of them; what they write about themselves counts for nothing", async () => {
    const id = await addUser("later@a.test", { role: "member" });
    const now = () => asOwner("select role, email from public.users where id = $1", [id]);
    await asAuth("update auth.users set raw_user_meta_data = $2 where id = $1", [id, { role: "admin" }]);
    await asAuth("update auth.users set email = 'new@a.test' where id = $1", [id]);
    expect(await now()).toEqual([{ role: "member", email: "new@a.test" }]);
    await asAuth("update auth.users set raw_app_meta_data = $2 where id = $1", [id, { role: "owner" }]);
    expect(await now()).toMatchObject([{ role: null }]);
    await asAuth("delete from auth.users where id = $1", [id]);
    expect(await now()).toEqual([]);
  });

  test("notifications: whose they are", async () => {
    for (const who of ["member", "visitor"] as const)
      await by("service", "insert into public.notifications (user_id, title) values ($1, 'x')", [
        people[who],
      ]);
    expect(await sees("select id from public.notifications")).toEqual({
      anon: "denied",
      visitor: 0,
      temporary: 0,
      member: 1,
      moderator: 0,
      admin: 0,
      service: 2,
    });
    expect(
      await changes("admin", "insert into public.notifications (user_id, title) values ($1, 'x')", [
        people.member,
      ]),
    ).toBe(false);
  });
});

describe("the bot and the peers", () => {
  test("the bot's name and greeting are everybody's to read, the admin's to change", async () => {
    expect(await by("anon", "select * from public.bot_settings")).toMatchObject([
      { name: "L'aide", is_enabled: false },
    ]);
    await only(["admin", "service"], "update public.bot_settings set greeting = 'Hello'");
    for (const who of ["admin", "moderator"] as const)
      expect(await changes(who, "update public.bot_settings set name = 'x'")).toBe(false);
  });

  test("how it works is the admin's; its token is written and never read back", async () => {
    expect(await sees("select model, instructions from public.bot_private")).toEqual({
      anon: "denied",
      visitor: 0,
      temporary: 0,
      member: 0,
      moderator: 0,
      admin: 1,
      service: 1,
    });
    await only(["admin", "service"], "update public.bot_private set model = 'gpt-4o'");
    await by("admin", "update public.bot_private set channel_token = $1", [canary]);
    for (const who of everybody.filter((each) => each !== "service"))
      for (const sql of [
        "select channel_token from public.bot_private",
        "select * from public.bot_private",
        "select 1 from public.bot_private where channel_token like 'c%'",
        "update public.bot_private set model = model returning channel_token",
        "update public.bot_private set instructions = channel_token",
      ])
        await expect(by(who, sql), `${who}: ${sql}`).rejects.toThrow(denied);
    expect(await by("admin", "select has_channel_token from public.bot_private")).toEqual([
      { has_channel_token: true },
    ]);
    expect(await by("service", "select channel_token from public.bot_private")).toEqual([
      { channel_token: canary },
    ]);
  });

  test("peers: everybody the active ones, the admin all, the secret nobody but the service role", async () => {
    await by(
      "admin",
      `insert into public.federation_peers (name, url, status, shared_secret) values
       ('A', 'https://a.test', 'active', 'canary-secret-value'), ('B', 'https://b.test:8443/x', 'invited', null)`,
    );
    expect(await sees("select id, name, url, status from public.federation_peers")).toEqual({
      anon: 1,
      visitor: 1,
      temporary: 1,
      member: 1,
      moderator: 1,
      admin: 2,
      service: 2,
    });
    for (const who of everybody.filter((each) => each !== "service"))
      for (const column of ["shared_secret", "*"])
        await expect(by(who, `select ${column} from public.federation_peers`), who).rejects.toThrow(denied);
    await only(
      ["admin", "service"],
      "update public.federation_peers set name = 'A' where url = 'https://a.test'",
    );
    let n = 0;
    await only(
      ["admin", "service"],
      "insert into public.federation_peers (name, url) values ('x', $1)",
      () => {
        n += 1;
        return [`https://p${n}.test`];
      },
    );
  });
});

vaultRights(by, {
  admin: "admin",
  others: ["visitor", "temporary", "member", "moderator"],
  anon: "anon",
  service: "service",
});

describe("the vault", () => {
  const set = "select public.vault_set($1, $2, $3)";
  const put = (who: Who, key: string, value: unknown, isSecret: boolean | null = null) =>
    by(who, set, [key, JSON.stringify(value), isSecret]);
  const logOf = (key: string) =>
    asOwner(
      "select act, is_secret, old_value, new_value, changed_by from public.instance_config_log where key = $1 order by id",
      [key],
    );

  test("public keys are everybody's to read; secret ones and our own the service role's", async () => {
    await put("admin", "OPENAI_API_KEY", canary);
    await put("admin", "SLOGAN", "Hello", false);
    const keys = async (who: Who) =>
      (await by(who, "select key from public.instance_config order by 1")).map(({ key }) => key);
    for (const who of everybody.filter((each) => each !== "service")) {
      expect(await keys(who), who).toContain("SLOGAN");
      expect(await keys(who), who).not.toContain("OPENAI_API_KEY");
      expect((await keys(who)).filter((key) => String(key).startsWith("ATOLL_"))).toEqual([]);
    }
    expect(await keys("service")).toContain("OPENAI_API_KEY");
    for (const who of everybody.filter((each) => each !== "service"))
      for (const sql of [
        "update public.instance_config set value = '1'",
        "insert into public.instance_config (key, value) values ('X', '1')",
        "delete from public.instance_config",
        "select updated_by from public.instance_config",
      ])
        await expect(by(who, sql), `${who}: ${sql}`).rejects.toThrow(denied);
  });

  test("is changed by the admin; a secret is never shown back", async () => {
    await put("admin", "MAIL_TOKEN", canary);
    const list = await by("admin", "select * from public.vault_list()");
    expect(list.find(({ key }) => key === "MAIL_TOKEN")).toMatchObject({
      is_secret: true,
      value: null,
      updated_by: people.admin,
    });
    expect(list.find(({ key }) => key === "COMMUNITY_NAME")).toMatchObject({
      value: hostile,
      value_type: "text",
      updated_by: "atoll",
    });
    expect(JSON.stringify(list)).not.toContain(canary);
    expect(list.filter(({ key }) => String(key).startsWith("ATOLL_"))).toEqual([]);
    for (const who of ["visitor", "temporary", "member", "moderator"] as const) {
      expect(await by(who, "select * from public.vault_list()"), who).toEqual([]);
      await expect(put(who, "SLOGAN", "x"), who).rejects.toThrow("Only the admin");
      await expect(by(who, "select public.vault_remove('SLOGAN')"), who).rejects.toThrow("Only the admin");
    }
    for (const sql of ["select * from public.vault_list()", "select public.vault_set('X', '1')"])
      await expect(by("anon", sql)).rejects.toThrow(denied);
    for (const key of ["ATOLL_INSTANCE_ID", "atoll", "A-B", "", "X'; --"])
      await expect(put("admin", key, "x"), key).rejects.toThrow("A key is made of");
    await expect(put("admin", "X", null)).rejects.toThrow("Give a value");
    expect(await by("admin", "select public.vault_remove('ATOLL_INSTANCE_ID') as done")).toEqual([
      { done: false },
    ]);
  });

  test("writes down who changed what when, and never a secret", async () => {
    await put("admin", "MOTTO", "one", false);
    await put("admin", "MOTTO", "two");
    await by("admin", "select public.vault_remove('MOTTO')");
    const who = { is_secret: false, changed_by: people.admin };
    expect(await logOf("MOTTO")).toEqual([
      { act: "added", old_value: null, new_value: "one", ...who },
      { act: "changed", old_value: "one", new_value: "two", ...who },
      { act: "removed", old_value: "two", new_value: null, ...who },
    ]);
    await put("admin", "TOKEN", canary);
    await put("admin", "TOKEN", `${canary}-2`);
    await put("admin", "TOKEN", "now public", false);
    await by("admin", "select public.vault_remove('TOKEN')");
    await put("admin", "WAS_PUBLIC", `${canary}-3`, false);
    await put("admin", "WAS_PUBLIC", `${canary}-3`, true);
    await by(
      "service",
      "insert into public.instance_config (key, value, is_secret) values ('BY_HAND', to_jsonb($1::text), true)",
      [canary],
    );
    await by("service", "delete from public.instance_config where key = 'BY_HAND'");
    const all = JSON.stringify(await asOwner("select * from public.instance_config_log"));
    expect(all).not.toContain(canary);
    expect(all).not.toContain("ATOLL_");
    expect((await logOf("TOKEN")).map(({ act }) => act)).toEqual(["added", "changed", "changed", "removed"]);
    expect(await logOf("BY_HAND")).toMatchObject([
      { changed_by: "service_role" },
      { act: "removed", changed_by: "service_role" },
    ]);
  });

  test("its log is read by the admin and changed by nobody", async () => {
    const seen = await sees("select id from public.instance_config_log");
    expect(seen).toMatchObject({ anon: "denied", visitor: 0, temporary: 0, member: 0, moderator: 0 });
    for (const who of ["admin", "service"] as const) expect(seen[who]).toBeGreaterThan(0);
    for (const sql of [
      "delete from public.instance_config_log",
      "update public.instance_config_log set changed_by = 'x'",
      "insert into public.instance_config_log (key, act, is_secret, changed_by) values ('X', 'added', false, 'x')",
    ])
      await only([], sql);
  });

  test("nobody writes in another's name; a program says its own", async () => {
    const by_ = async () =>
      (await row("select updated_by from public.instance_config where key = 'SIGNED'")).updated_by;
    await by(
      "service",
      "insert into public.instance_config (key, value, updated_by) values ('SIGNED', '1', 'hub')",
    );
    expect(await by_()).toBe("hub");
    await put("admin", "SIGNED", 2);
    expect(await by_()).toBe(people.admin);
    await by("service", "update public.instance_config set value = '3' where key = 'SIGNED'");
    expect(await by_()).toBe("service_role");
    await by(
      "service",
      "update public.instance_config set value = '4', updated_by = 'hub' where key = 'SIGNED'",
    );
    await by("service", "update public.instance_config set value = '5' where key = 'SIGNED'");
    expect(await by_()).toBe("service_role");
  });

  test("is what the page's settings and the bot's name follow", async () => {
    await put("admin", "CITY_NAME", "Lyon");
    await put("admin", "MAP_DEFAULT_CENTER", { latitude: -6.2, longitude: 106.8, zoom: 11 });
    await by("service", "update public.instance_config set value = '\"Capucine\"' where key = 'BOT_NAME'");
    expect(await row("select city, latitude, longitude, zoom, name from public.community_settings")).toEqual({
      city: "Lyon",
      latitude: -6.2,
      longitude: 106.8,
      zoom: 11,
      name: hostile,
    });
    expect(await row("select name from public.bot_settings")).toEqual({ name: "Capucine" });
  });

  test.each([
    ["COMMUNITY_NAME", "  "],
    ["COMMUNITY_NAME", 7],
    ["COMMUNITY_NAME", { en: "x" }],
    ["COMMUNITY_TYPE", "casino"],
    ["COMMUNITY_LOCALE", "de"],
    ["CONTACT_EMAIL", "nobody"],
    ["BOT_NAME", ""],
    ["MAP_DEFAULT_CENTER", "48,2"],
    ["MAP_DEFAULT_CENTER", { latitude: 91, longitude: 0 }],
    ["MAP_DEFAULT_CENTER", { latitude: 0, longitude: -181 }],
    ["MAP_DEFAULT_CENTER", { latitude: "0", longitude: 0 }],
    ["MAP_DEFAULT_CENTER", { latitude: 0 }],
    ["MAP_DEFAULT_CENTER", { latitude: 0, longitude: 0, zoom: 99 }],
    ["MAP_DEFAULT_CENTER", []],
  ])("refuses what cannot stand on the page: %s = %j", async (key, value) => {
    const before = await row("select * from public.community_settings");
    await expect(put("admin", key, value)).rejects.toThrow("does not take this value");
    expect(await row("select * from public.community_settings")).toEqual(before);
  });

  test("says what is wrong with a secret without repeating it", async () => {
    const wrong = by("admin", "select public.vault_set('SOME_KEY', $1, true, 'number')", [
      JSON.stringify(canary),
    ]);
    const error = await wrong.catch((reason: Error) => reason);
    expect(error).toMatchObject({ message: expect.stringContaining("does not take this value") });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(canary);
  });

  test("keeps the page's keys public, and the name there", async () => {
    await expect(put("admin", "CITY_NAME", "x", true)).rejects.toThrow("cannot be secret");
    await expect(by("admin", "select public.vault_remove('COMMUNITY_NAME')")).rejects.toThrow(
      "needs its name",
    );
  });

  test("loses no key between two writers of whom one waits for the other", async () => {
    const change = (key: string, value: string) =>
      `update public.instance_config set value = to_jsonb('${value}'::text) where key = '${key}'`;
    const here = "database = (select oid from pg_database where datname = current_database())";
    const isAtWork = `select 1 from pg_locks where locktype = 'advisory' and objid = 7 and ${here}`;
    // Has made its change, and ends when somebody waits for it; after 10 s in any case.
    const first = asOwner(`do $$ begin
      perform pg_advisory_xact_lock(7);
      ${change("COMMUNITY_NAME", "Both")};
      for n in 1..1000 loop
        perform pg_stat_clear_snapshot();
        exit when exists (select from pg_locks l join pg_stat_activity a using (pid)
          where not l.granted and a.datname = current_database());
        perform pg_sleep(0.01);
      end loop;
    end $$`);
    await expect.poll(() => asOwner(isAtWork), { timeout: 10_000 }).toHaveLength(1);
    await asOwner(change("CITY_NAME", "Here"));
    await first;
    expect(await row("select name, city from public.community_settings")).toEqual({
      name: "Both",
      city: "Here",
    });
  });

  test("is filled once; what was changed since stays", async () => {
    await asOwner(vaultSeed(vaultOf(answers)));
    expect(await row("select name, city from public.community_settings")).toEqual({
      name: "Both",
      city: "Here",
    });
  });
});

test.each([
  "places (name, latitude, longitude) values (' ', 0, 0)",
  "places (name, latitude, longitude) values ('x', 90.1, 0)",
  "places (name, latitude, longitude) values ('x', 'NaN', 0)",
  "places (name, latitude, longitude) values ('x', 0, 'Infinity')",
  "places (name, latitude, longitude, website) values ('x', 0, 0, 'javascript:alert(1)')",
  "announcements (title) values ('')",
  "announcements (title, starts_at, ends_at) values ('x', '2026-02-02', '2026-02-01')",
  "announcements (title, status) values ('x', 'scheduled')",
  "members (name) values ('')",
  "members (name, email) values ('x', 'nobody')",
  "members (name, status, joined_on, left_on) values ('x', 'left', '2026-02-02', '2026-02-01')",
  "members (name, status, left_on) values ('x', 'active', '2026-02-01')",
  "federation_peers (name, url) values ('x', 'http://a.test')",
  "federation_peers (name, url) values ('x', 'https://user@a.test')",
  "federation_peers (name, url, status) values ('x', 'https://c.test', 'active')",
  "federation_peers (name, url, shared_secret) values ('x', 'https://d.test', 'short')",
])("nonsense is refused whoever writes it: %s", async (rest) => {
  await expect(asOwner(`insert into public.${rest}`)).rejects.toThrow("check constraint");
});

test("with a password that came by mail people have no role, until Auth says that it was changed", async () => {
  expect(await by("temporary", "select private.my_role() as role")).toEqual([{ role: null }]);
  await asAuth("update auth.users set encrypted_password = 'other' where id = $1", [people.temporary]);
  expect(await by("temporary", "select private.my_role() as role")).toEqual([{ role: "admin" }]);
});

test("the workflows speak of tables and columns that are there", async () => {
  const columns = await asOwner(
    "select table_name, column_name from information_schema.columns where table_schema = 'public'",
  );
  const known = new Set(columns.map(({ table_name, column_name }) => `${table_name}.${column_name}`));
  const named = workflowModules.flatMap((module) =>
    databaseColumns(workflowFrom(workflows[module].file, places).workflow),
  );
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((each) => !known.has(each))).toEqual([]);
});

test("the schema is ours, complete and answers its probe, after another look at its ledger too", async () => {
  const check = async () => {
    const seen = await resource.observe(at);
    if (seen.is !== "present") throw new Error(seen.is);
    expect(seen.owner).toBe("us");
    expect(resource.compare({ migrations }, seen.attrs)).toEqual([]);
    expect(await resource.probe?.(seen.attrs)).toEqual([]);
    return seen.attrs;
  };
  const live = await check();
  // The ledger's script runs again with each update; it must not take the vault's rights away or give others.
  await resource.apply({ at, want: { migrations, seed: vaultSeed(vaultOf(answers)) }, live, changes: [] });
  await check();
  expect(await by("anon", "select key from public.instance_config where key = 'OPENAI_API_KEY'")).toEqual([]);
  expect(await by("admin", "select key from public.vault_list() where key = 'OPENAI_API_KEY'")).toHaveLength(
    1,
  );
});
