import { request } from "node:http";
import { connect } from "node:net";
import { migrateFurther, prepareDatabase } from "@atoll/engine/migrate";
import { testDatabase } from "@atoll/postgres/testing";
import { Hono } from "hono";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hubMigrations } from "../check-audit.ts";
import { openResolver, type Resolver } from "./resolver.ts";
import { mountResolver } from "./route.ts";
import { serveResolver } from "./serve.ts";
import { type ResolverSettings, resolverSettings } from "./settings.ts";
import { type Line, openLine } from "./testing/line.ts";
import { makeLive, publishableKey, registerByHand } from "./testing/rows.ts";

const databaseUrl = await testDatabase();
const sql = new pg.Client({ connectionString: databaseUrl });
const settings: ResolverSettings = { domain: "atoll.test", byName: false, proxies: 0 };
const open: Resolver[] = [];

/** A resolver with connections of its own, as another process has them. */
async function resolverOn(url = databaseUrl, more: Partial<ResolverSettings> = {}, graceMs?: number) {
  const resolver = openResolver({
    databaseUrl: url,
    settings: { ...settings, ...more },
    beatMs: 100,
    ...(graceMs !== undefined && { graceMs }),
  });
  open.push(resolver);
  await resolver.ready();
  return resolver;
}

function appOf(resolver: Resolver) {
  const app = new Hono();
  mountResolver(app, resolver);
  return (path: string, headers: Record<string, string> = {}, method = "GET") =>
    app.request(`http://resolver.test${path}`, { method, headers });
}

const stateOf = async (resolver: Resolver, host: string) => (await resolver.byHost(host)).state;

async function until<T>(look: () => T | Promise<T>, isIt: (seen: T) => boolean): Promise<T> {
  for (let looks = 0; looks < 500; looks++) {
    const seen = await look();
    if (isIt(seen)) return seen;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("It never came about.");
}

const setState = (slug: string, state: string) =>
  sql.query("update atoll.instances set state = $2 where slug = $1", [slug, state]);

let ask: ReturnType<typeof appOf>;
let one: Resolver;

beforeAll(async () => {
  await prepareDatabase(databaseUrl);
  await migrateFurther(databaseUrl, hubMigrations);
  await sql.connect();
  await makeLive(sql, "saint-denis", {
    name: "Saint-Denis",
    communityType: "municipality",
    mapCenter: "48.9362, 2.3574",
    locale: "fr",
    modules: ["places"],
  });
  for (const slug of ["paused", "archived", "removed", "moving"]) await makeLive(sql, slug);
  for (const slug of ["paused", "archived", "removed"]) await setState(slug, slug);
  await registerByHand(sql, "hand", { custom_domain: "www.hand.example" });
  await registerByHand(sql, "off", { is_active: false, custom_domain: "www.off.example" });
  await sql.query("insert into atoll.domains (host, subdomain) values ('unproven.example', 'saint-denis')");
  one = await resolverOn();
  ask = appOf(one);
});
afterAll(async () => {
  await Promise.all(open.map((each) => each.close()));
  await sql.end();
});

describe("an address", () => {
  test("leads to the public configuration, and to nothing more", async () => {
    const answer = await ask("/resolve?host=saint-denis.atoll.test");
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      subdomain: "saint-denis",
      name: "Saint-Denis",
      type: "municipality",
      blueprint: "community",
      supabaseUrl: "https://saint-denis.supabase.test",
      supabaseAnonKey: publishableKey("saint-denis"),
      url: "https://saint-denis.example",
      locale: "fr",
      mapCenter: { latitude: 48.9362, longitude: 2.3574 },
      modules: ["places"],
      status: "live",
    });
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("cache-control")).toBe("public, no-cache");
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test("is the Host header where no other is named", async () => {
    expect((await ask("/resolve", { host: "saint-denis.atoll.test:8443" })).status).toBe(200);
  });

  test("below the domain is its subdomain's, whoever wrote it down as a host of theirs", async () => {
    // As under a hub without ATOLL_DOMAIN, or by hand.
    const grabbed = ["victim.atoll.test", "atoll.test", "a.victim.atoll.test", "proof.grabber.example"];
    await makeLive(sql, "victim");
    await makeLive(sql, "grabber");
    for (const host of grabbed)
      await sql.query("insert into atoll.domains values ($1, 'grabber', now())", [host]);
    await until(
      () => stateOf(one, "proof.grabber.example"),
      (state) => state === "live",
    );
    const found = (resolver: Resolver) =>
      Promise.all(
        grabbed.map(async (host) => {
          const { state, body } = await resolver.byHost(host);
          return state === "live" ? JSON.parse(body).subdomain : state;
        }),
      );
    const rightly = ["victim", "unknown", "unknown", "grabber"];
    expect(await found(one)).toEqual(rightly);
    // Nothing is heard at its opening: it asks the database.
    const unheard = openResolver({ databaseUrl, settings });
    open.push(unheard);
    expect(await found(unheard)).toEqual(rightly);
    await sql.query("delete from atoll.domains where subdomain = 'grabber'");
    await until(
      () => stateOf(one, "proof.grabber.example"),
      (state) => state === "unknown",
    );
    expect(await stateOf(one, "victim.atoll.test")).toBe("live");
  });

  test("below the domain is one environment's; a host of its own leads to an instance of any", async () => {
    await makeLive(sql, "rehearsing");
    await sql.query("update atoll.instances set environment = 'staging' where slug = 'rehearsing'");
    await sql.query("insert into atoll.domains values ('www.rehearsing.example', 'rehearsing', now())");
    const hosts = ["rehearsing", "saint-denis", "hand"].map((each) => `${each}.atoll.test`);
    const states = (resolver: Resolver) =>
      Promise.all([...hosts, "www.rehearsing.example"].map((host) => stateOf(resolver, host)));
    for (const [environment, expected] of [
      ["local", ["unknown", "live", "live", "live"]],
      ["staging", ["live", "unknown", "live", "live"]],
    ] as const) {
      const unheard = openResolver({ databaseUrl, settings: { ...settings, environment } });
      open.push(unheard);
      expect(await states(unheard)).toEqual(expected);
      await unheard.ready();
      expect(await states(unheard)).toEqual(expected);
    }
    const unsaid = serveResolver({ databaseUrl, env: { ATOLL_DOMAIN: "atoll.test" }, port: 0 });
    await expect(unsaid).rejects.toMatchObject({ field: "ATOLL_RESOLVE_ENVIRONMENT" });
    await sql.query("update atoll.instances set environment = 'local' where slug = 'rehearsing'");
  });

  test("may be a verified host, and only a verified one", async () => {
    expect((await ask("/resolve?host=www.hand.example")).status).toBe(200);
    expect((await ask("/resolve?host=unproven.example")).status).toBe(404);
  });

  test("costs 304 while nothing changed, and 200 afterwards", async () => {
    const path = "/resolve?host=moving.atoll.test";
    const etag = (await ask(path)).headers.get("etag") ?? "";
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const again = await ask(path, { "if-none-match": header });
      expect([again.status, await again.text(), again.headers.get("etag")]).toEqual([304, "", etag]);
    }
    expect((await ask(path, { "if-none-match": '"other"' })).status).toBe(200);
    await sql.query(
      `update atoll.instances set answers = answers || '{"name": "Moved"}' where slug = 'moving'`,
    );
    const changed = await until(
      () => ask(path, { "if-none-match": etag }),
      ({ status }) => status === 200,
    );
    expect(await changed.json()).toMatchObject({ name: "Moved" });
  });

  test("of an instance that is paused says so, and when to come back", async () => {
    const answer = await ask("/resolve?host=paused.atoll.test");
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "60"]);
    expect(await answer.json()).toMatchObject({ instance: { subdomain: "paused", status: "paused" } });
  });

  test("of an instance that was archived is gone", async () => {
    const answer = await ask("/resolve?host=archived.atoll.test");
    expect(answer.status).toBe(410);
    const body = await answer.text();
    expect(JSON.parse(body)).toMatchObject({ instance: { subdomain: "archived", status: "archived" } });
    expect(body).not.toMatch(/supabase|publishable/);
  });

  const hostile = [
    "removed.atoll.test",
    "off.atoll.test",
    "www.off.example",
    "never.atoll.test",
    "atoll.test",
    "a.saint-denis.atoll.test",
    "saint-denis.atoll.test.evil.example",
    "saint-denis",
    "",
    ".",
    "127.0.0.1",
    "[::1]",
    "x".repeat(300),
    `${"x.".repeat(120)}atoll.test`,
    "saint-denis.atoll.test\r\nx: y",
    "saint-denis.atoll.test/..",
    "saint-denis.atoll.test@evil.example",
    "saint-denis.atoll.test:99999999",
    "saint-denis.atoll.test..",
    "saint_denis.atoll.test",
    "%00.atoll.test",
    "__proto__",
    "constructor.atoll.test",
    "xn--.atoll.test",
  ];
  test("that leads nowhere is answered alike, whatever the reason", async () => {
    const shapes = new Set<string>();
    for (const host of hostile) {
      const answer = await ask(`/resolve?host=${encodeURIComponent(host)}`);
      const headers = JSON.stringify([...answer.headers].sort());
      shapes.add(`${answer.status} ${headers} ${await answer.text()}`);
    }
    expect([...shapes]).toHaveLength(1);
    expect([...shapes][0]).toMatch(/^404 /);
  });

  test.each([
    "SAINT-DENIS.Atoll.Test",
    "saint-denis.atoll.test.",
    "saint-denis.atoll.test:443",
    "saint-denis.atoll.test.:443",
    "ｓaint-denis.atoll.test",
  ])("may be written as %s", async (host) => {
    expect((await ask(`/resolve?host=${encodeURIComponent(host)}`)).status).toBe(200);
  });

  test("in another script is the one in punycode", async () => {
    await registerByHand(sql, "idn", { custom_domain: "xn--mairie-vry-h7a.example" });
    await until(
      () => stateOf(one, "mairie-évry.example"),
      (state) => state === "live",
    );
    expect(await stateOf(one, "XN--MAIRIE-VRY-H7A.EXAMPLE")).toBe("live");
  });

  test("leaves nothing behind that leads nowhere", async () => {
    // Whatever stands in the registry so far has been heard.
    const { rows } = await sql.query("select from atoll.instance_registry where is_active or status ~ 'ed$'");
    const before = rows.length - 1; // the removed one says nothing
    await until(
      () => one.state(),
      ({ heard, instances }) => heard && instances === before,
    );
    for (let n = 0; n < 10_000; n++) await one.byHost(`random-${n}.atoll.test`);
    expect(one.state().instances).toBe(before);
  });

  test("is only read, by pages of any site", async () => {
    expect((await ask("/resolve", {}, "POST")).status).toBe(405);
    const asked = await ask("/resolve", { origin: "https://any.example" }, "OPTIONS");
    expect([asked.status, asked.headers.get("access-control-allow-headers")]).toEqual([204, "if-none-match"]);
    const head = await ask("/resolve?host=saint-denis.atoll.test", {}, "HEAD");
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });
});

describe("who asks", () => {
  test("may name an instance in development only", async () => {
    const developing = appOf(await resolverOn(databaseUrl, { byName: true }));
    expect((await developing("/resolve?instance=saint-denis")).status).toBe(200);
    expect((await developing("/resolve?instance=removed")).status).toBe(404);
    expect((await ask("/resolve?instance=saint-denis")).status).toBe(404);
    expect((await ask("/resolve?instance=paused&host=saint-denis.atoll.test")).status).toBe(200);
  });

  test("is believed about another host behind a proxy of ours only, and that at its end", async () => {
    const behind = appOf(await resolverOn(databaseUrl, { proxies: 1 }));
    const told = { host: "inside.test", "x-forwarded-host": "never.atoll.test, saint-denis.atoll.test" };
    expect((await behind("/resolve", told)).status).toBe(200);
    expect((await ask("/resolve", told)).status).toBe(404);
  });

  test.each([
    [{}, { domain: "localhost", byName: true }],
    [{ ATOLL_DOMAIN: "Toko.Example" }, { domain: "toko.example", byName: false }],
    [{ ATOLL_DOMAIN: "toko.example", ATOLL_ENVIRONMENT: "development" }, { byName: true }],
    [{ ATOLL_ENVIRONMENT: "staging" }, { domain: undefined, byName: false }],
    [{ ATOLL_ENVIRONMENT: "local", NODE_ENV: "production" }, { byName: false }],
    [{ ATOLL_ENVIRONMENTS: "production,staging" }, { environment: "production" }],
    [
      { ATOLL_ENVIRONMENTS: "production,staging", ATOLL_RESOLVE_ENVIRONMENT: "staging" },
      { environment: "staging" },
    ],
    [{ VERCEL_TOKEN: "x" }, { domain: undefined, byName: false }],
  ])("is in development or not: %j", (env: NodeJS.ProcessEnv, expected) => {
    expect(resolverSettings(env)).toMatchObject(expected);
  });

  test.each(["https://toko.example", "toko", "*.toko.example"])("cannot be served below %s", (domain) => {
    expect(() => resolverSettings({ ATOLL_DOMAIN: domain })).toThrow(/ATOLL_DOMAIN/);
  });
});

describe("a resolver on its own", () => {
  test("answers by Host over a real socket, and refuses a request that names two", async () => {
    const alone = await serveResolver({ databaseUrl, env: { ATOLL_DOMAIN: "atoll.test" }, port: 0 });
    try {
      const port = Number(new URL(alone.url).port);
      const status = (headers: Record<string, string>) =>
        new Promise((resolve, reject) => {
          request({ host: "127.0.0.1", port, path: "/resolve", headers }, (answer) => {
            answer.resume();
            answer.on("end", () => resolve(answer.statusCode));
          })
            .on("error", reject)
            .end();
        });
      expect(await status({ host: "saint-denis.atoll.test" })).toBe(200);
      expect(await status({ host: "never.atoll.test" })).toBe(404);
      const raw = await new Promise<string>((resolve, reject) => {
        const socket = connect(port, "127.0.0.1");
        let said = "";
        socket.on("data", (bytes) => {
          said += bytes;
        });
        socket.on("end", () => resolve(said));
        socket.on("error", reject);
        socket.write(
          "GET /resolve HTTP/1.1\r\nHost: saint-denis.atoll.test\r\nHost: never.atoll.test\r\nConnection: close\r\n\r\n",
        );
      });
      expect(raw).toMatch(/^HTTP\/1.1 400 /);
      await until(
        async () => (await fetch(`${alone.url}/ready`)).status,
        (ready) => ready === 200,
      );
    } finally {
      await alone.close();
    }
  });

  test("says so when no hub has worked on its database", async () => {
    const empty = new URL(databaseUrl);
    empty.pathname = "/postgres";
    await expect(serveResolver({ databaseUrl: empty.href, env: {}, port: 0 })).rejects.toMatchObject({
      field: "DATABASE_URL",
    });
  });

  test("works with a role that may only read the registry", async () => {
    const role = `reader_${Math.random().toString(36).slice(2, 10)}`;
    await sql.query(`create role ${role} login password 'x'`);
    await sql.query(`grant usage on schema atoll to ${role}`);
    await sql.query(`grant select on atoll.instance_registry, atoll.domains to ${role}`);
    const url = new URL(databaseUrl);
    url.username = role;
    url.password = "x";
    try {
      const reader = await resolverOn(url.href);
      expect(await stateOf(reader, "saint-denis.atoll.test")).toBe("live");
      await open.pop()?.close();
    } finally {
      await sql.query(`drop owned by ${role}; drop role ${role}`);
    }
  });
});

describe("what changes", () => {
  test("is known to every resolver", async () => {
    const other = await resolverOn();
    const seen = (host: string, state: string) =>
      Promise.all(
        [one, other].map((each) =>
          until(
            () => stateOf(each, host),
            (now) => now === state,
          ),
        ),
      );
    await makeLive(sql, "fresh");
    await seen("fresh.atoll.test", "live");
    await setState("fresh", "archived");
    await seen("fresh.atoll.test", "archived");
    await setState("fresh", "live");
    await sql.query("insert into atoll.domains values ('fresh.example', 'fresh', now())");
    await seen("fresh.example", "live");
    await sql.query("update atoll.domains set subdomain = 'paused' where host = 'fresh.example'");
    await seen("fresh.example", "paused");
    await sql.query("update atoll.domains set verified_at = null where host = 'fresh.example'");
    await seen("fresh.example", "unknown");
    await registerByHand(sql, "short-lived");
    await seen("short-lived.atoll.test", "live");
    await sql.query("delete from atoll.instance_registry where subdomain = 'short-lived'");
    await seen("short-lived.atoll.test", "unknown");
  });

  test("is not told before it is committed, nor when it is taken back", async () => {
    await sql.query("begin");
    await setState("moving", "archived");
    await sql.query("rollback");
    await makeLive(sql, "marker");
    await until(
      () => stateOf(one, "marker.atoll.test"),
      (state) => state === "live",
    );
    expect(await stateOf(one, "moving.atoll.test")).toBe("live");
  });

  test("many at once are known, too", async () => {
    for (let n = 0; n < 30; n++) await registerByHand(sql, `many-${n}`);
    await sql.query(
      `insert into atoll.instance_registry (subdomain, community_name, blueprint, supabase_url, supabase_anon_key)
       select 'bulk-' || n, 'Bulk', 'community', 'https://x.test', 'sb_publishable_x' from generate_series(1, 3000) n`,
    );
    await until(
      () => stateOf(one, "bulk-3000.atoll.test"),
      (state) => state === "live",
    );
    await sql.query("delete from atoll.instance_registry where community_name = 'Bulk'");
    await until(
      () => one.state().instances,
      (count) => count < 100,
    );
  });
});

describe("when nobody tells any more", () => {
  let line: Line;
  let far: Resolver;
  beforeAll(async () => {
    line = await openLine(databaseUrl);
    far = await resolverOn(line.url, {}, 60_000);
  });
  afterAll(() => line?.close());

  const heard = (is: boolean) =>
    until(
      () => far.state().heard,
      (now) => now === is,
    );

  test("a connection that the server ends is opened again, and what changed meanwhile is known", async () => {
    const { rows } = await sql.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'atoll resolver' and datname = current_database()",
    );
    expect(rows.length).toBeGreaterThan(0);
    await setState("moving", "archived");
    expect(
      await until(
        () => stateOf(far, "moving.atoll.test"),
        (state) => state === "archived",
      ),
    ).toBe("archived");
    await heard(true);
    // From memory now, which was read anew.
    expect(await stateOf(far, "moving.atoll.test")).toBe("archived");
    await setState("moving", "live");
    await until(
      () => stateOf(far, "moving.atoll.test"),
      (state) => state === "live",
    );
  });

  test("a connection that breaks without a word is given up; until then nothing old is said for long", async () => {
    await heard(true);
    line.freeze();
    await heard(false);
    await setState("moving", "paused");
    line.mend();
    await until(
      () => stateOf(far, "moving.atoll.test"),
      (state) => state === "paused",
    );
    await heard(true);
    await setState("moving", "live");
  });

  test("while the database cannot be reached, what was known last stands for a while", async () => {
    await heard(true);
    await until(
      () => stateOf(far, "moving.atoll.test"),
      (state) => state === "live",
    );
    line.cut();
    await heard(false);
    expect(await stateOf(far, "moving.atoll.test")).toBe("live");
    expect(await stateOf(far, "never.atoll.test")).toBe("unknown");
    line.mend();
    await heard(true);
  });

  test("and no longer than that", async () => {
    const strict = await resolverOn(line.url, {}, 0);
    line.cut();
    await until(
      () => stateOf(strict, "saint-denis.atoll.test"),
      (state) => state === "unsure",
    );
    const answer = await appOf(strict)("/resolve?host=never.atoll.test");
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
    line.mend();
    await strict.ready();
    expect(await stateOf(strict, "saint-denis.atoll.test")).toBe("live");
  });
});
