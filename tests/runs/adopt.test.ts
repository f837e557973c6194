import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "@atoll/hub/accounts";
import { providerSettings } from "@atoll/hub/settings";
import { instanceDatabase } from "@atoll/hub/vault/instance-database";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { businessOn, failingBlueprint, startHub, type TestHub } from "../support/hub.ts";
import { things } from "../support/things.ts";

const databaseUrl = await testDatabase();
let cloud: TestCloud;
let hub: TestHub;
let management: Awaited<ReturnType<typeof managementApi>>;
let failsAt: string | undefined;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  management = await managementApi();
  const business = await businessOn(cloud, { SUPABASE_API_URL: management.url });
  hub = await startHub(
    databaseUrl,
    failingBlueprint(business, (step) => step === failsAt),
  );
});
afterAll(async () => {
  await hub?.close();
  await cloud?.stop();
  await management?.close();
});

/** The Management API as our token sees it: projects of another organisation are refused. */
async function managementApi() {
  const hidden = new Set<string>();
  const server = createServer(async (request, response) => {
    const path = request.url ?? "";
    if ([...hidden].some((ref) => path.includes(ref))) {
      response.writeHead(403, { "content-type": "application/json" });
      return response.end('{"message":"Your account does not have the necessary privileges"}');
    }
    const body = Buffer.concat(await request.toArray());
    const { authorization = "", "content-type": type = "application/json" } = request.headers;
    const answer = await fetch(`${cloud.url}/supabase${path}`, {
      method: request.method ?? "GET",
      headers: { authorization, "content-type": type, "user-agent": "atoll" },
      ...(body.length > 0 && { body }),
    });
    response.writeHead(answer.status, { "content-type": "application/json" });
    return response.end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens
  return {
    url: `http://127.0.0.1:${port}`,
    hide: (ref: string) => hidden.add(ref),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

const supabaseOf = (method: string, path: string, body?: object) =>
  provider("supabase", method, `v1/projects/${path}`, body);

async function provider(
  name: "supabase" | "github" | "vercel",
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const answer = await fetch(`${cloud.url}/${name}/${path}`, {
    method,
    headers: { authorization: `Bearer ${cloud.tokens[name]}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? undefined : answer.json();
}

/** A project of a client's own, with its keys and a connection to its database. */
async function clientProject(name: string) {
  const { ref } = (await cloud.plant({ provider: "supabase", name })) as { ref: string }; // as the emulator answers
  const keys = (await supabaseOf("GET", `${ref}/api-keys?reveal=true`)) as {
    type: string;
    api_key: string;
  }[];
  const keyOf = (type: string) => keys.find((each) => each.type === type)?.api_key ?? "";
  const password = "a-password-of-the-client-7";
  await supabaseOf("PATCH", `${ref}/database/password`, { password });
  const url = new URL(cloud.projectDatabase.replaceAll("REF", ref));
  url.password = password;
  return {
    ref,
    databaseUrl: url.href,
    bring: {
      url: `${cloud.url}/supabase/projects/${ref}`,
      publishableKey: keyOf("publishable"),
      secretKey: keyOf("secret"),
    },
  };
}

async function sql<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

const markIn = async (url: string) =>
  (
    await sql<{ value: string }>(
      url,
      "select value from public.instance_config where key = 'ATOLL_INSTANCE_ID'",
    )
  )[0]?.value;

interface Inventory {
  supabase: { projects: { ref: string; users: string[]; tables: number }[] };
  github: { repositories: { name: string; topics: string[]; files: number }[] };
  vercel: {
    projects: { name: string; repository: string | null; variables: string[]; deployments: number }[];
  };
}
const inventory = async () => (await things(cloud)) as unknown as Inventory; // each emulator's own shape

const withConsent = (bring: object) => ({ bring: { ...bring, consent: true } });

async function remainsOf(run: string): Promise<Record<string, string>> {
  const remains: Record<string, string> = {};
  for await (const event of hub.engine.events(run))
    if (event.type === "undo-done" && event.remains) remains[event.step] = event.remains;
  return remains;
}

/** How many secrets the hub still holds of an instance. */
async function storedSecrets(slug: string): Promise<number | undefined> {
  const [row] = await sql<{ count: number }>(
    databaseUrl,
    `select count(*)::int as count from atoll.secrets s join atoll.instances i on i.id = s.instance_id where i.slug = '${slug}'`,
  );
  return row?.count;
}

test.each([
  ["which our token sees", false],
  ["of which only address, keys and a connection are known", true],
])(
  "a project %s: used, and given back with its data",
  async (_, isHidden) => {
    const project = await clientProject(`client-own-${isHidden}`);
    const slug = isHidden ? "own-hidden" : "own-seen";
    if (isHidden) management.hide(project.ref);
    const supabase = { ...project.bring, ...(isHidden && { databaseUrl: project.databaseUrl }) };
    const before = await inventory();
    try {
      expect(await hub.provision(slug, withConsent({ supabase }))).toMatchObject({ state: "succeeded" });
      expect((await inventory()).supabase.projects).toHaveLength(before.supabase.projects.length);
      const resources = await hub.engine.resources(slug);
      expect(resources.find(({ step }) => step === "project")).toMatchObject({
        origin: "adopted",
        brought: true,
        id: project.ref,
      });
      expect(await markIn(project.databaseUrl)).toBe((await hub.engine.find(slug))?.id);
      expect(await hub.engine.drift(slug)).toEqual([]);
      expect(await hub.engine.verify(slug)).toMatchObject({ problems: [] });
      expect(await hub.run("repair", slug)).toMatchObject({ state: "succeeded" });

      // Vault and checklist open it by what the client gave: our token may not see it, and it has a password of theirs.
      const { looksAt } = connect(
        await providerSettings(
          { SUPABASE_API_URL: management.url, SUPABASE_CONNECTION: isHidden ? "direct" : "endpoint" },
          async () => cloud,
        ),
      );
      const looks = looksAt((await hub.engine.find(slug))?.answers);
      const open = instanceDatabase({ journal: hub.engine, looks, environment: "local" });
      const session = await open(slug);
      const named = "select value from public.instance_config where key = 'ATOLL_INSTANCE_ID'";
      expect(await session.query(named)).toEqual([{ value: (await hub.engine.find(slug))?.id }]);
      await session.close();
      const admin = resources.find(({ kind }) => kind === "supabase.user")?.id ?? "";
      expect(await looks.signIn(admin)).toMatchObject({ ok: true, tried: true });

      // Somebody else's instance cannot have it meanwhile.
      const other = await hub.provision(`${slug}-other`, withConsent({ supabase }));
      expect(other).toMatchObject({
        state: "undone",
        owed: [],
        fault: { kind: "not-ours", field: "bring.supabase" },
      });

      await sql(
        project.databaseUrl,
        "insert into public.companies (organization_id, name) select id, 'Kept' from public.organizations limit 1",
      );
      const destroyed = await hub.run("destroy", slug);
      expect(destroyed).toMatchObject({ state: "succeeded" });
      expect(await markIn(project.databaseUrl)).toBeUndefined();
      const kept = (await inventory()).supabase.projects.find(({ ref }) => ref === project.ref);
      expect(kept).toMatchObject({ users: [`owner@${slug}.example`] });
      expect(kept?.tables).toBeGreaterThan(20);
      const after = await inventory();
      expect(after.github).toEqual(before.github);
      expect(after.vercel).toEqual(before.vercel);
      expect(await hub.engine.resources(slug)).toEqual([]);
      const remains = await remainsOf(destroyed.id);
      expect(Object.keys(remains)).toEqual(expect.arrayContaining(["project", "schema", "admin"]));
      expect(JSON.stringify(remains)).not.toContain("could not");
      // Its keys are the client's alone again.
      expect(await storedSecrets(slug)).toBe(0);
    } finally {
      await cloud.heal();
    }
  },
  120_000,
);

test.each([
  ["another password and another key", "rotate"],
  ["nothing left of it", "delete"],
])(
  "what a client took away again (%s) stands in no way of the end, which says so",
  async (_, how) => {
    const slug = `gone-${how}`;
    const project = await clientProject(slug);
    management.hide(project.ref);
    const repository = `atoll-clients/${slug}`;
    await cloud.plant({ provider: "github", name: slug });
    await cloud.plant({ provider: "vercel", name: slug });
    const supabase = { ...project.bring, databaseUrl: project.databaseUrl };
    const bring = withConsent({ supabase, repository, site: slug });
    expect(await hub.provision(slug, bring)).toMatchObject({ state: "succeeded" });
    if (how === "delete") {
      await supabaseOf("DELETE", project.ref);
      await provider("github", "DELETE", `repos/${repository}`);
      await provider("vercel", "DELETE", `v9/projects/${slug}?teamId=team_atoll`);
    } else {
      const keys = (await supabaseOf("GET", `${project.ref}/api-keys`)) as { id: string; type: string }[];
      const id = keys.find(({ type }) => type === "secret")?.id;
      await supabaseOf("DELETE", `${project.ref}/api-keys/${id}`);
      await supabaseOf("PATCH", `${project.ref}/database/password`, { password: "another-password-8" });
    }
    const destroyed = await hub.run("destroy", slug);
    expect(destroyed).toMatchObject({ state: "succeeded" });
    expect(await hub.engine.resources(slug)).toEqual([]);
    const remains = await remainsOf(destroyed.id);
    const untouched = how === "delete" ? ["admin", "repository", "schema", "site"] : ["admin", "schema"];
    const said = Object.keys(remains).filter((step) => remains[step]?.includes("could not be taken off"));
    expect(said.toSorted()).toEqual(untouched);
    expect(JSON.stringify(remains)).not.toContain("password-of-the-client");
    expect(await storedSecrets(slug)).toBe(0);
  },
  120_000,
);

test("a project under a domain of the client's own: its connection has to hold its accounts", async () => {
  const project = await clientProject("client-domain");
  const other = await clientProject("client-elsewhere");
  // The emulator's other name is no address by which Supabase names a project.
  const url = project.bring.url.replace(/localhost|127\.0\.0\.1/, (host) =>
    host === "localhost" ? "127.0.0.1" : "localhost",
  );
  const planWith = async (more: object) => {
    const slug = "own-domain";
    const bring = { supabase: { ...project.bring, url, databaseUrl: project.databaseUrl, ...more } };
    const answers = { name: "Toko", slug, adminEmail: "a@b.example", ...withConsent(bring) };
    const items = await hub.engine.plan({ slug, blueprint: "business", answers });
    return items.find(({ step }) => step === "project");
  };
  const field = "bring.supabase.databaseUrl";
  expect(await planWith({})).toMatchObject({
    does: "blocked",
    field,
    why: expect.stringContaining("no account"),
  });
  const made = await fetch(`${project.bring.url}/auth/v1/admin/users`, {
    method: "POST",
    headers: { apikey: project.bring.secretKey, "content-type": "application/json" },
    body: JSON.stringify({ email: "theirs@client.example", password: "a-password-9-x", email_confirm: true }),
  });
  expect(made.status).toBe(200);
  expect(await planWith({})).toMatchObject({ does: "keep" });
  expect(await planWith({ databaseUrl: other.databaseUrl })).toMatchObject({
    does: "blocked",
    field,
    why: expect.stringContaining("another database"),
  });
}, 60_000);

test("a run that fails gives back what was brought as it was, but for what was agreed", async () => {
  const project = await clientProject("client-undone");
  await cloud.plant({ provider: "github", name: "client-site", topics: ["theirs"] });
  await cloud.plant({ provider: "vercel", name: "client-site", variables: { THEIRS: "1" } });
  const before = await inventory();
  failsAt = "welcome";
  const bring = withConsent({
    supabase: project.bring,
    repository: "atoll-clients/client-site",
    site: "client-site",
  });
  try {
    expect(await hub.provision("own-undone", bring)).toMatchObject({
      state: "undone",
      owed: [],
      fault: { what: expect.stringContaining("welcome") },
    });
  } finally {
    failsAt = undefined;
  }
  const after = await inventory();
  // Agreed: tables in the empty schema, one file in the repository, and deployments of the site.
  const asBefore = (now: Inventory): Inventory => ({
    ...now,
    supabase: {
      projects: now.supabase.projects.map((each) =>
        each.ref === project.ref ? { ...each, tables: 0 } : each,
      ),
    },
    github: { repositories: now.github.repositories.map((each) => ({ ...each, files: 0 })) },
    vercel: { projects: now.vercel.projects.map((each) => ({ ...each, deployments: 0 })) },
  });
  expect(asBefore(after)).toEqual(asBefore(before));
  expect(await markIn(project.databaseUrl)).toBeUndefined();

  // The same again: what is left there of the first try stands in nobody's way.
  expect(await hub.provision("own-undone", bring)).toMatchObject({ state: "succeeded" });
  const live = await inventory();
  expect(live.github.repositories.find(({ name }) => name.endsWith("/client-site"))?.topics).toHaveLength(2);
  const site = live.vercel.projects.find(({ name }) => name === "client-site");
  expect(site).toMatchObject({ repository: "atoll-clients/client-site" });
  expect(site?.variables).toContain("ATOLL_INSTANCE_ID (production, preview, development)");
  expect(await hub.engine.drift("own-undone")).toEqual([]);
  expect(await hub.run("destroy", "own-undone")).toMatchObject({ state: "succeeded" });
  const left = await inventory();
  expect(left.github.repositories.find(({ name }) => name.endsWith("/client-site"))?.topics).toEqual([
    "theirs",
  ]);
  expect(left.vercel.projects.find(({ name }) => name === "client-site")).toMatchObject({
    repository: null,
    variables: [expect.stringContaining("THEIRS")],
  });
}, 120_000);

test("what cannot be used is refused by its field in the plan, which writes nothing", async () => {
  const project = await clientProject("client-refused");
  const other = await clientProject("client-other");
  const full = await clientProject("client-full");
  await sql(full.databaseUrl, "create table public.theirs (id int)");
  await cloud.plant({ provider: "github", name: "taken", topics: [`atoll-${"x".repeat(20)}`] });
  await cloud.plant({ provider: "github", name: "theirs" });
  await provider("github", "PUT", "repos/atoll-clients/theirs/contents/client-config.json", {
    message: "Ours",
    content: btoa('{"theme":"dark"}'),
  });
  await cloud.plant({ provider: "vercel", name: "taken", variables: { ATOLL_INSTANCE_ID: "x".repeat(20) } });
  await cloud.plant({
    provider: "vercel",
    name: "set",
    variables: { NEXT_PUBLIC_SUPABASE_URL: "https://theirs" },
  });
  const before = await inventory();
  await cloud.clearLog();
  const cases: [string, object][] = [
    ["bring.supabase.secretKey", { supabase: { ...project.bring, secretKey: other.bring.secretKey } }],
    [
      "bring.supabase.publishableKey",
      { supabase: { ...project.bring, publishableKey: "sb_publishable_nothing" } },
    ],
    [
      "bring.supabase.url",
      { supabase: { ...project.bring, url: `${cloud.url}/supabase/projects/${"q".repeat(20)}` } },
    ],
    ["bring.supabase.databaseUrl", { supabase: { ...project.bring, databaseUrl: other.databaseUrl } }],
    ["bring.supabase", { supabase: full.bring }],
    ["bring.repository", { repository: "atoll-clients/nowhere" }],
    ["bring.repository", { repository: "atoll-clients/taken" }],
    ["bring.repository", { repository: "atoll-clients/theirs" }],
    ["bring.site", { site: "nowhere" }],
    ["bring.site", { site: "taken" }],
    ["bring.site", { site: "set" }],
  ];
  for (const [index, [field, bring]] of cases.entries()) {
    const slug = `refused-${index}`;
    const answers = { name: "Toko", slug, adminEmail: "a@b.example", ...withConsent(bring) };
    const items = await hub.engine.plan({ slug, blueprint: "business", answers });
    expect(
      items.find((item) => item.does === "blocked"),
      `${field} ${JSON.stringify(bring)}`,
    ).toMatchObject({ field, why: expect.any(String), next: expect.any(String) });
    expect(JSON.stringify(items)).not.toContain(project.bring.secretKey);
  }
  expect(await cloud.log({ writes: true })).toEqual([]);
  expect(await inventory()).toEqual(before);
}, 120_000);

test("without consent nothing that was brought is changed", async () => {
  const project = await clientProject("client-unasked");
  const before = await inventory();
  expect(await hub.provision("unasked", { bring: { supabase: project.bring } })).toMatchObject({
    state: "undone",
    fault: { field: "bring.consent" },
  });
  expect(await inventory()).toEqual(before);
}, 60_000);
