import { request } from "node:http";
import type { InstanceDomain } from "@atoll/contract/schemas/domains";
import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";

const databaseUrl = await testDatabase();
const sql = new pg.Pool({ connectionString: databaseUrl, max: 2 });
let cloud: TestCloud;
let hub: TestHub;

const env = () => ({ ATOLL_HOME: cloud.home, PATH: process.env.PATH, ATOLL_DOMAIN_EVERY_SECONDS: "0.2" });

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  hub = await testHub({ ...env(), DATABASE_URL: databaseUrl }, { worker: true });
  const { answer, etag } = await hub.as("owner").callTagged("showSettings", {});
  await hub
    .as("owner")
    .call(
      "changeSettings",
      { body: { ...answer, alertTo: ["team@atoll.example"] } },
      { ifMatch: etag ?? "" },
    );
  await Promise.all([provision(hub, "toko"), provision(hub, "warung")]);
}, 120_000);
afterAll(async () => {
  await sql.end();
  await hub?.stop();
  await cloud?.stop();
});

async function provision(on: TestHub, slug: string): Promise<void> {
  const answers = { name: slug, slug, adminEmail: `owner@${slug}.example` };
  const run = await on.as("operator").call("createInstance", { body: { blueprint: "business", answers } });
  expect(await on.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
}

async function run(slug: string, input: Record<string, unknown>) {
  for (;;) {
    try {
      const begun = await hub
        .as("operator")
        .call("startRun", { params: { slug }, body: { kind: "domain", input } });
      const ended = await hub.runtime.journal.wait(begun.id);
      return { ...ended, faultOf: ended.steps.find(({ fault }) => fault)?.fault ?? ended.fault };
    } catch (error) {
      // The watch may have a run of its own under way.
      if (!String((error as Error).message).includes("under way")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** What the API says to what is refused before a run is begun. */
const refusedBy = (slug: string, input: Record<string, unknown>) =>
  run(slug, input).then(
    ({ id }) => ({ begun: id }),
    (error: { problem: object }) => error.problem,
  );

const done = async (slug: string, input: Record<string, unknown>) => {
  const ended = await run(slug, input);
  expect(ended, JSON.stringify(ended.faultOf)).toMatchObject({ state: "succeeded" });
  return ended;
};

async function seen(domain: string, slug = "toko"): Promise<InstanceDomain | undefined> {
  const { items } = await hub.as("viewer").call("listDomains", { params: { slug } });
  return items.find((each) => each.domain === domain);
}

const until = (domain: string, state: string) =>
  expect.poll(async () => (await seen(domain))?.state, { timeout: 30_000, interval: 50 }).toBe(state);

async function setDns(domain: string, records: readonly object[]): Promise<void> {
  const answer = await fetch(`${cloud.url}/control/dns`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ domain, records }),
  });
  expect(answer.status).toBe(201);
}
const asSet = (records: readonly { type: string; name: string; value: string }[]) =>
  records.map(({ type, name, value }) => ({ type, name, value }));

/** What the site's port answers to who asks for a name. `fetch` would not send another host. */
async function siteAt(slug: string, host: string): Promise<number> {
  const url = (await hub.runtime.urlOf(slug)) ?? "";
  return new Promise((resolve, reject) => {
    request(`${url}/api/health`, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });
}

async function projectOf(slug: string): Promise<{ ref: string; url: string; publishable: string }> {
  const resources = await hub.runtime.journal.resources(slug);
  const attrs = (step: string) =>
    resources.find((each) => each.step === step)?.attrs as Record<string, string>; // as the adapters give them
  return {
    ref: attrs("project").ref ?? "",
    url: attrs("project").url ?? "",
    publishable: attrs("api-keys").publishable ?? "",
  };
}

async function authConfig(slug: string): Promise<{ site_url: string; uri_allow_list: string }> {
  const { ref } = await projectOf(slug);
  const answer = await fetch(`${cloud.url}/supabase/v1/projects/${ref}/config/auth`, {
    headers: { authorization: `Bearer ${cloud.tokens.supabase}` },
  });
  return (await answer.json()) as { site_url: string; uri_allow_list: string }; // as the Management API gives it
}

/** Where a sign-in link of the instance's Auth leads when its site asks for this address. */
async function signInLeadsTo(slug: string, redirectTo: string): Promise<string> {
  const { ref, url } = await projectOf(slug);
  const keys = await fetch(`${cloud.url}/supabase/v1/projects/${ref}/api-keys?reveal=true`, {
    headers: { authorization: `Bearer ${cloud.tokens.supabase}` },
  });
  const all = (await keys.json()) as { type: string; api_key: string }[]; // as the Management API gives them
  const secret = all.find(({ type }) => type === "secret")?.api_key ?? "";
  const answer = await fetch(`${url}/auth/v1/admin/generate_link`, {
    method: "POST",
    headers: { apikey: secret, authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: JSON.stringify({ type: "magiclink", email: `owner@${slug}.example`, redirect_to: redirectTo }),
  });
  const { redirect_to: leads } = (await answer.json()) as { redirect_to: string }; // as Auth gives it
  return leads;
}

const mailsTo = async (email: string) =>
  (await (await fetch(`${cloud.url}/mailbox/api?search=${encodeURIComponent(email)}`)).json()) as {
    subject: string;
    text: string;
  }[]; // newest first

const drift = async (slug: string) => {
  const plan = await hub.runtime.journal.drift(slug);
  return plan.flatMap(({ step, does, changes }) =>
    does === "keep" ? [] : [`${step} ${JSON.stringify(changes)}`],
  );
};

test("a domain waits for its DNS, is verified, gets a certificate and serves; it breaks, heals and goes without a trace", async () => {
  const domain = "www.toko.example";
  const before = await authConfig("toko");
  await done("toko", { do: "add", domain });
  expect(await seen(domain)).toMatchObject({ state: "waiting", isIn: false, isPrimary: false });
  await until(domain, "waiting");
  const { records = [] } = (await seen(domain)) ?? {};
  expect(records.map(({ type }) => type)).toEqual(["TXT", "CNAME"]);
  expect(await siteAt("toko", domain)).toBe(404);
  expect(await signInLeadsTo("toko", `https://${domain}/welcome`)).not.toContain(domain);
  expect(await drift("toko")).toEqual([]);

  await setDns(domain, asSet(records));
  await until(domain, "live");
  expect(await seen(domain)).toMatchObject({
    isIn: true,
    certificate: { state: "issued", expiresAt: expect.stringMatching(/Z$/) },
  });
  expect(await siteAt("toko", domain)).toBe(200);
  expect(await signInLeadsTo("toko", `https://${domain}/welcome`)).toBe(`https://${domain}/welcome`);
  expect((await authConfig("toko")).site_url).toBe(before.site_url);
  expect(await drift("toko")).toEqual([]);

  await done("toko", { do: "primary", domain });
  expect((await authConfig("toko")).site_url).toBe(`https://${domain}`);
  expect(await seen(domain)).toMatchObject({ isPrimary: true });
  expect(await drift("toko")).toEqual([]);
  expect(
    (await sql.query("select custom_domain from atoll.instance_registry where subdomain = 'toko'")).rows,
  ).toEqual([{ custom_domain: domain }]);

  await setDns(domain, [{ type: "A", value: "203.0.113.9" }]);
  await until(domain, "broken");
  await expect
    .poll(async () => (await mailsTo("team@atoll.example")).map(({ subject }) => subject), {
      timeout: 10_000,
    })
    .toEqual(["incident"]);
  expect((await mailsTo("team@atoll.example"))[0]?.text).toContain(domain);
  const looked = (await seen(domain))?.lookedAt;
  await expect.poll(async () => (await seen(domain))?.lookedAt !== looked).toBe(true);
  expect(await mailsTo("team@atoll.example")).toHaveLength(1);

  await setDns(domain, asSet(records));
  await until(domain, "live");
  await expect
    .poll(async () => (await mailsTo("team@atoll.example")).map(({ subject }) => subject), {
      timeout: 10_000,
    })
    .toEqual(["all clear", "incident"]);

  await done("toko", { do: "remove", domain });
  expect(await seen(domain)).toBeUndefined();
  expect(await authConfig("toko")).toEqual(before);
  expect(await siteAt("toko", domain)).toBe(404);
  expect(JSON.stringify(await cloud.inventory())).not.toContain(domain);
  expect(await drift("toko")).toEqual([]);
}, 120_000);

test("a hostile or strange name is refused with its field, and nothing is done", async () => {
  const refused = (domain: string, slug = "toko") =>
    hub
      .as("operator")
      .call("planRun", { params: { slug }, body: { kind: "domain", input: { do: "add", domain } } })
      .then(
        ({ items }) => items.find(({ does }) => does === "blocked")?.why ?? "allowed",
        (error: { problem?: { field?: string } }) => error.problem?.field,
      );
  for (const name of [
    "*.toko.example",
    "localhost",
    "127.0.0.1",
    "toko.example/path",
    "https://toko.example",
    "toko.example:443",
    `${"a".repeat(64)}.example`,
    `${"a.".repeat(130)}example`,
    "toko .example",
    "a.example,https://evil.example",
    "'; drop table atoll.domains; --.example",
    "other.vercel.app",
    "shop.localhost",
    "",
  ])
    expect(await refused(name), name).not.toBe("allowed");
  expect(await refused("www.free.example")).toBe("allowed");
  // Other scripts are kept as a resolver asks for them.
  await done("toko", { do: "add", domain: "Bücher.Example" });
  expect(await seen("xn--bcher-kva.example")).toMatchObject({ state: "waiting" });
  expect(await refused("bücher.example", "warung")).toContain("toko");
  const runs = async () => (await hub.runtime.journal.runs("warung")).length;
  const before = await runs();
  expect(await refusedBy("warung", { do: "add", domain: "bücher.example" })).toMatchObject({
    field: "domain",
    title: expect.stringContaining("toko"),
  });
  expect(await runs()).toBe(before);
  expect(await seen("xn--bcher-kva.example", "warung")).toBeUndefined();
  expect(await refusedBy("toko", { do: "primary", domain: "bücher.example" })).toMatchObject({
    field: "domain",
    title: expect.stringContaining("not live"),
  });
  await expect(
    hub.as("owner").call("removeHost", { params: { slug: "toko", host: "xn--bcher-kva.example" } }),
  ).rejects.toMatchObject({ problem: { field: "host" } });
  await done("toko", { do: "remove", domain: "bücher.example" });
  expect(await refusedBy("toko", { do: "remove", domain: "bücher.example" })).toMatchObject({
    field: "domain",
  });
});

test("what stands at the site before us stays there; a domain of a stranger is not taken", async () => {
  const domain = "old.toko.example";
  const resources = await hub.runtime.journal.resources("toko");
  const id = resources.find(({ kind }) => kind === "vercel.project")?.id;
  const vercel = (method: string, path: string, body?: object) =>
    fetch(`${cloud.url}/vercel${path}?teamId=team_atoll`, {
      method,
      headers: { authorization: `Bearer ${cloud.tokens.vercel}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
  expect((await vercel("POST", `/v10/projects/${id}/domains`, { name: domain })).status).toBe(200);
  await done("toko", { do: "add", domain });
  expect(await seen(domain)).toMatchObject({ isFound: true });
  // Another instance's site has it: the name is free here, and its host refuses.
  const theirs = (await hub.runtime.journal.resources("warung")).find(
    ({ kind }) => kind === "vercel.project",
  )?.id;
  expect((await vercel("POST", `/v10/projects/${theirs}/domains`, { name: "x.warung.example" })).status).toBe(
    200,
  );
  const taken = await run("toko", { do: "add", domain: "x.warung.example" });
  expect(taken).toMatchObject({ state: "undone", faultOf: { kind: "not-ours" } });
  expect(await seen("x.warung.example")).toBeUndefined();
  await done("toko", { do: "remove", domain });
  expect((await vercel("GET", `/v9/projects/${id}/domains/${domain}`)).status).toBe(200);
});

test("where Auth cannot be moved the domain leads nowhere, and goes on when it can", async () => {
  const domain = "late.toko.example";
  await done("toko", { do: "add", domain });
  await cloud.fault({ provider: "supabase", method: "PATCH", path: "config/auth", kind: "reject", times: 2 });
  await setDns(domain, asSet((await seen(domain))?.records ?? []));
  await until(domain, "live");
  await cloud.heal();
  expect((await authConfig("toko")).uri_allow_list).toContain(domain);
  await done("toko", { do: "remove", domain });
  expect((await authConfig("toko")).uri_allow_list).not.toContain(domain);
});

test("at Netlify a domain goes the same way", async () => {
  const slug = "netlify-toko";
  const place = { city: "Lyon", mapCenter: "45.76, 4.83" };
  const answers = { name: slug, slug, adminEmail: `owner@${slug}.example`, ...place };
  const begun = await hub
    .as("operator")
    .call("createInstance", { body: { blueprint: "community", answers } });
  expect(await hub.runtime.journal.wait(begun.id)).toMatchObject({ state: "succeeded" });
  const domain = "www.netlify-toko.example";
  await done(slug, { do: "add", domain });
  await setDns(domain, asSet((await seen(domain, slug))?.records ?? []));
  await expect.poll(async () => (await seen(domain, slug))?.state, { timeout: 30_000 }).toBe("live");
  expect(await siteAt(slug, domain)).toBe(200);
  expect(await drift(slug)).toEqual([]);
  await done(slug, { do: "remove", domain });
  expect(await siteAt(slug, domain)).toBe(404);
  expect(await drift(slug)).toEqual([]);
}, 60_000);
