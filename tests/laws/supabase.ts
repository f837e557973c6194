import { migrations, seedFor } from "@atoll/business/migrations";
import { Secret } from "@atoll/core/secret";
import { schema } from "@atoll/fleet/schema";
import { type SupabaseApi, supabaseApi } from "@atoll/supabase/api";
import { apiKeys } from "@atoll/supabase/api-keys";
import { authConfig } from "@atoll/supabase/auth-config";
import { database } from "@atoll/supabase/database";
import { project } from "@atoll/supabase/project";
import { sqlSession } from "@atoll/supabase/sql-session";
import { user } from "@atoll/supabase/user";
import type { TestCloud } from "../support/cloud.ts";
import { behind, canary, next, until, withinOf } from "./behind.ts";
import type { Case, Place, Wires } from "./case.ts";
import { ensure } from "./ensure.ts";
import { type Judged, judge } from "./laws.ts";
import { wiresOf, yardOf } from "./yard.ts";

/** Everything of Supabase, and the schema in its databases. */
export function supabaseKinds(cloud: () => TestCloud): Judged[] {
  const provider = "supabase";
  const yard = yardOf(cloud, provider);
  const token = () => cloud().tokens.supabase;
  const manage = behind(cloud, "/supabase/v1", () => ({ authorization: `Bearer ${token()}` }));
  const connect = (wires: Wires): SupabaseApi =>
    supabaseApi({
      ...wires,
      token: new Secret("SUPABASE_MANAGEMENT_TOKEN", token()),
      baseUrl: `${cloud().url}/supabase`,
      organization: "atoll-local",
      projectUrl: (ref) => `${cloud().url}/supabase/projects/${ref}`,
      pollMs: 10,
      tickMs: 1,
    });

  /** A project that is up, and an address in it. */
  async function home(name: string) {
    const { n, instance } = next();
    const { ref } = await manage("POST /projects", {
      name: `home-${n}`,
      organization_slug: "atoll-local",
      db_pass: `Home4711Home4711-${n}`,
      region_selection: { type: "specific", code: "eu-west-3" },
    });
    await until(async () => (await manage(`GET /projects/${ref}`)).status === "ACTIVE_HEALTHY");
    const endParent = async () => void (await manage(`DELETE /projects/${ref}`));
    return { n, at: { instance, name, within: String(ref) }, endParent };
  }

  let shared: ReturnType<typeof home> | undefined;

  /** Like `home`, but the same project until somebody ends it: databases take time to make and to remove. */
  async function sharedHome(name: string): ReturnType<typeof home> {
    shared ??= home("shared");
    const { at, endParent } = await shared;
    const { n, instance } = next();
    return {
      n,
      at: { ...at, instance, name },
      endParent: () => {
        shared = undefined;
        return endParent();
      },
    };
  }

  /** Admin side of a project's Auth. */
  async function auth(ref: string) {
    const keys: { type: string; api_key: string }[] = await manage(
      `GET /projects/${ref}/api-keys?reveal=true`,
    );
    const apikey = keys.find((each) => each.type === "secret")?.api_key ?? "";
    return behind(cloud, `/supabase/projects/${ref}/auth/v1/admin`, () => ({ apikey }));
  }

  const sql = (ref: string, query: string) => manage(`POST /projects/${ref}/database/query`, { query });
  const byParent = { because: "whoever owns the project owns what is in it" };

  const projects: Case<Parameters<ReturnType<typeof project>["compare"]>[0], { ref: string }> = {
    kind: "supabase.project",
    provider,
    connect: (wires) => project(connect(wires)),
    async fresh() {
      const { n, instance } = next();
      return {
        at: { instance, name: `client-toko${n}-prod-k3j9x2m${n}` },
        want: { region: "eu-west-3", databasePassword: new Secret("database password", canary(n)) },
      };
    },
    async count({ at }) {
      const all: { name: string }[] = await manage("GET /projects");
      return { projects: all.filter((each) => each.name === at.name).length };
    },
    foreign: {
      seen: "other",
      async plant({ at }) {
        const planted = await cloud().plant({ provider, name: at.name.replace(/-[a-z0-9]{12}$/, "") });
        const { ref } = planted as { ref: string }; // as the emulator documents
        return () => manage(`GET /projects/${ref}`);
      },
    },
    drifts: [
      {
        what: "it was renamed",
        plant: (_, id) => manage(`PATCH /projects/${id}`, { name: "renamed by hand" }),
        paths: ["name"],
      },
      { what: "it was deleted", plant: (_, id) => manage(`DELETE /projects/${id}`), paths: [""] },
    ],
    async beside({ at }) {
      const planted = await cloud().plant({ provider, name: `theirs-of-${at.instance}` });
      const { ref } = planted as { ref: string }; // as the emulator documents
      return () => manage(`GET /projects/${ref}`);
    },
    secrets: ({ want }) => [want.databasePassword.expose(), token()],
  };

  const databases: Case<object, { ref: string }> = {
    kind: "supabase.database",
    provider,
    connect: (wires) => database(connect(wires)),
    comesByItself: true,
    async fresh() {
      const { at, endParent } = await sharedHome("database");
      return { at, want: {}, endParent };
    },
    count: async ({ at }) => ({ databases: (await manage(`GET /projects/${at.within}`)) ? 1 : 0 }),
    foreign: byParent,
    drifts: { because: "it only waits: nothing of it is set" },
    beside: { because: "nothing of it is set" },
    secrets: () => [token()],
  };

  const keys: Case<{ publishable: true; secret: true }, { publishable: string; secret: Secret }> = {
    kind: "supabase.api-keys",
    provider,
    connect: (wires) => apiKeys(connect(wires)),
    /** Supabase makes both keys with the project: here they are gone. */
    async fresh() {
      const { at, endParent } = await sharedHome("api-keys");
      await until(async () => (await manage(`GET /projects/${at.within}/api-keys`)).length > 0);
      await manage(`PUT /projects/${at.within}/api-keys/legacy?enabled=true`);
      for (const { id } of await keysIn(at.within))
        await manage(`DELETE /projects/${at.within}/api-keys/${id}`);
      return { at, want: { publishable: true, secret: true }, endParent };
    },
    async count({ at }) {
      const all = await keysIn(withinOf(at));
      const of = (type: string) => all.filter((each) => each.type === type && each.name === "default").length;
      return { "publishable keys": of("publishable"), "secret keys": of("secret") };
    },
    foreign: byParent,
    drifts: ["publishable", "secret"].map((type) => ({
      what: `the ${type} key was deleted`,
      async plant({ at }) {
        const key = (await keysIn(withinOf(at))).find((each) => each.type === type);
        await manage(`DELETE /projects/${at.within}/api-keys/${key?.id}`);
      },
      paths: [""],
    })),
    async beside({ at }) {
      const theirs = (await manage(`PUT /projects/${at.within}/api-keys/legacy?enabled=false`)).enabled;
      return async () => [theirs, await manage(`GET /projects/${at.within}/api-keys/legacy`)];
    },
    secrets: () => [token()],
  };

  async function keysIn(ref: string): Promise<{ id: string; type: string; name: string }[]> {
    const all: { id: string; type: string; name: string }[] = await manage(`GET /projects/${ref}/api-keys`);
    return all.filter((each) => each.type !== "legacy");
  }

  const settings: Case<Parameters<ReturnType<typeof authConfig>["compare"]>[0], object> = {
    kind: "supabase.auth-config",
    provider,
    connect: (wires) => authConfig(connect(wires)),
    async fresh() {
      const { n, at, endParent } = await sharedHome("auth-config");
      await manage(`PATCH /projects/${at.within}/config/auth`, {
        site_url: "https://before.example",
        uri_allow_list: "",
        disable_signup: false,
        password_min_length: 6,
      });
      const siteUrl = `https://toko${n}.example`;
      const redirectUrls = [`${siteUrl}/**`, "https://alpha.example/**"];
      return { at, want: { siteUrl, redirectUrls, disableSignup: true, passwordMinLength: 9 }, endParent };
    },
    async count({ at, want }) {
      const config = await manage(`GET /projects/${at.within}/config/auth`);
      return { settings: config.site_url === want.siteUrl ? 1 : 0 };
    },
    foreign: byParent,
    drifts: [
      ["the site's address was changed", { site_url: "https://evil.example" }, "siteUrl"],
      ["an address to return to was added", { uri_allow_list: "https://evil.example/**" }, "redirectUrls"],
      ["signing up was opened", { disable_signup: false }, "disableSignup"],
      ["passwords may be short", { password_min_length: 6 }, "passwordMinLength"],
    ].map(([what, body, path]) => ({
      what: String(what),
      plant: ({ at }) => manage(`PATCH /projects/${at.within}/config/auth`, body),
      paths: [String(path)],
    })),
    async beside({ at }) {
      const theirs = { jwt_exp: 1234, mailer_otp_exp: 777, smtp_sender_name: "Theirs" };
      await manage(`PATCH /projects/${at.within}/config/auth`, theirs);
      return async () => {
        const { jwt_exp, mailer_otp_exp, smtp_sender_name } = await manage(
          `GET /projects/${at.within}/config/auth`,
        );
        return { jwt_exp, mailer_otp_exp, smtp_sender_name };
      };
    },
    secrets: () => [token()],
  };

  const users: Case<Parameters<ReturnType<typeof user>["compare"]>[0], { userId: string }> = {
    kind: "supabase.user",
    provider,
    connect: (wires) => user(connect(wires)),
    async fresh() {
      const { n, at, endParent } = await sharedHome("");
      const email = `owner@toko${n}.example`;
      const want = {
        email,
        password: new Secret("temporary password", canary(n)),
        role: "admin",
        fullName: "Ay Lin",
        mustChangePassword: true,
      };
      return { at: { ...at, name: email }, want, endParent };
    },
    async count({ at }) {
      const { users } = await (await auth(withinOf(at)))("GET /users");
      return { users: users.filter((each: { email: string }) => each.email === at.name).length };
    },
    foreign: {
      seen: "other",
      async plant({ at }) {
        const admin = await auth(withinOf(at));
        const { id } = await admin("POST /users", { email: at.name, app_metadata: { role: "viewer" } });
        return () => admin(`GET /users/${id}`);
      },
    },
    drifts: [
      {
        what: "the role was changed",
        plant: async ({ at }, id) =>
          (await auth(withinOf(at)))(`PUT /users/${id.split("/")[1]}`, { app_metadata: { role: "viewer" } }),
        paths: ["role"],
      },
      {
        what: "it was deleted",
        plant: async ({ at }, id) => (await auth(withinOf(at)))(`DELETE /users/${id.split("/")[1]}`),
        paths: [""],
      },
    ],
    async beside({ at }, id) {
      const admin = await auth(withinOf(at));
      const theirs = await admin("POST /users", { email: `theirs-${at.name}` });
      // The user's own: another address, a name, and what an extension noted.
      await admin(`PUT /users/${id.split("/")[1]}`, {
        email: `new-${at.name}`,
        app_metadata: { theirs: "kept", must_change_password: null },
        user_metadata: { full_name: "Ay Lin Tun" },
      });
      return async () => {
        const ours = await admin(`GET /users/${id.split("/")[1]}`);
        const { role: _, ...metadata } = ours?.app_metadata ?? {};
        const kept = [ours?.email, metadata, ours?.user_metadata];
        return [kept, await admin(`GET /users/${theirs.id}`)];
      };
    },
    secrets: ({ want }) => [want.password.expose(), token()],
  };

  const schemas: Case<
    Parameters<ReturnType<typeof schema>["compare"]>[0],
    Parameters<ReturnType<typeof schema>["compare"]>[1]
  > = {
    kind: "postgres.schema",
    provider,
    connect: (wires) => schema({ connect: sqlSession(connect(wires), { mode: "endpoint" }) }),
    async fresh() {
      const { n, at, endParent } = await home("schema");
      const access = new Secret("database password", `Home4711Home4711-${n}`);
      return {
        at: { ...at, access },
        want: { migrations, seed: seedFor({ name: "Toko", slug: `toko-${n}` }) },
        endParent,
      };
    },
    async count({ at }) {
      const rows: { what: string; count: number }[] = await sql(
        withinOf(at),
        `select 'migrations ' || version as what, count(*)::int as count from public.schema_migrations group by version
         union all select 'organizations', count(*)::int from public.organizations`,
      );
      return Object.fromEntries(rows.map((each) => [each.what, each.count]));
    },
    foreign: {
      seen: "other",
      async plant(place: Place<Parameters<ReturnType<typeof schema>["compare"]>[0]>) {
        const resource = schemas.connect(wiresOf(yard));
        const theirs = { ...place.at, instance: next().instance };
        const seed = seedFor({ name: "Theirs", slug: "theirs" });
        await ensure(() => resource, theirs, { ...place.want, seed });
        const look = `select (select json_agg(o.*) from public.organizations o) as organizations,
          (select json_agg(c.*) from public.instance_config c) as config`;
        return () => sql(withinOf(place.at), look);
      },
    },
    drifts: [
      {
        what: "a table was opened",
        plant: ({ at }) => sql(withinOf(at), "alter table public.organizations disable row level security"),
        paths: ["tables.organizations.rowSecurity"],
      },
      {
        what: "an open table was added",
        plant: ({ at }) =>
          sql(withinOf(at), "drop table if exists public.by_hand; create table public.by_hand (id int)"),
        paths: ["tables.by_hand.rowSecurity"],
      },
    ],
    async beside({ at }) {
      await sql(
        withinOf(at),
        `create table public.theirs (note text); alter table public.theirs enable row level security;
         insert into public.theirs values ('kept'); update public.organizations set name = 'Renamed by the client'`,
      );
      const look = `select (select json_agg(t.*) from public.theirs t) as theirs,
        (select json_agg(name) from public.organizations) as names`;
      return () => sql(withinOf(at), look);
    },
    secrets: ({ at }) => [token(), at.access?.expose() ?? ""],
  };

  return [
    judge(projects, yard),
    judge(databases, yard),
    judge(keys, yard),
    judge(settings, yard),
    judge(users, yard),
    judge(schemas, yard),
  ];
}
