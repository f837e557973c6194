import type { UsageLine } from "@atoll/contract/schemas/usage";
import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { atollIn } from "../support/atoll.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";

const databaseUrl = await testDatabase();
const sql = new pg.Pool({ connectionString: databaseUrl, max: 1 });
const slugs = ["u-one", "u-two"] as const;
const hostile = '=HYPERLINK("https://evil.example","Toko")';
let cloud: TestCloud;
let hub: TestHub;
const atoll = atollIn(
  () => cloud.home,
  () => ({ DATABASE_URL: databaseUrl }),
);

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits", "--site-port", "17100"]);
  hub = await testHub(
    {
      ATOLL_HOME: cloud.home,
      DATABASE_URL: databaseUrl,
      PATH: process.env.PATH,
      // The test says when: what the hub does by itself is the same, and its turns come in an hour.
      ATOLL_USAGE_EVERY_MINUTES: "600",
    },
    { worker: true },
  );
  for (const slug of slugs) {
    const answers = { name: slug === "u-one" ? hostile : slug, slug, adminEmail: `owner@${slug}.example` };
    const run = await hub.as("owner").call("createInstance", { body: { blueprint: "business", answers } });
    expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
  }
}, 120_000);
afterAll(async () => {
  await hub?.stop();
  await sql.end();
  await cloud?.stop();
});

const measure = (slug: string) => hub.as("operator").call("measureUsage", { params: { slug }, body: {} });
const line = async (slug: string): Promise<UsageLine> => {
  const { items } = await hub.as("viewer").call("usageReport", { query: { slug } });
  const [only] = items;
  if (only === undefined) throw new Error(`${slug} is not in the report.`);
  return only;
};
const resourcesOf = async (slug: string) =>
  (await hub.as("viewer").call("listResources", { params: { slug } })).items;

async function project(
  slug: string,
): Promise<{ ref: string; call(path: string, init?: RequestInit): Promise<number> }> {
  const ref = (await resourcesOf(slug)).find(({ kind }) => kind === "supabase.project")?.id ?? "";
  const keys = await fetch(`${cloud.url}/supabase/v1/projects/${ref}/api-keys?reveal=true`, {
    headers: { authorization: `Bearer ${cloud.tokens.supabase}` },
  });
  const all = (await keys.json()) as { type: string; api_key: string }[]; // as Supabase describes it
  const apikey = all.find(({ type }) => type === "publishable")?.api_key ?? "";
  return {
    ref,
    call: async (path, init = {}) =>
      (
        await fetch(`${cloud.url}/supabase/projects/${ref}${path}`, {
          ...init,
          headers: { apikey, "content-type": "application/json" },
        })
      ).status,
  };
}

/** Calls the webhook of one of an instance's workflows. */
async function webhook(slug: string): Promise<number> {
  const mine = (await resourcesOf(slug)).filter(({ kind }) => kind === "n8n.workflow").map(({ id }) => id);
  for (const id of mine.map((each) => each.split("/")[0])) {
    const answer = await fetch(`${cloud.url}/n8n/api/v1/workflows/${id}`, {
      headers: { "x-n8n-api-key": cloud.tokens.n8n },
    });
    // As n8n describes it.
    const { nodes } = (await answer.json()) as {
      nodes: { type: string; parameters: { path?: string; httpMethod?: string } }[];
    };
    const hook = nodes.find(({ type }) => type === "n8n-nodes-base.webhook");
    if (hook?.parameters.path === undefined) continue;
    const { path, httpMethod = "GET" } = hook.parameters;
    return (await fetch(`${cloud.url}/n8n/webhook/${path}`, { method: httpMethod })).status;
  }
  throw new Error(`No workflow of ${slug} has a webhook.`);
}

test("what was really called is counted, hour, month and fleet alike, and asked again it is the same", async () => {
  for (const slug of slugs) await measure(slug);
  const before = await line("u-one");
  const other = await line("u-two");
  expect(before).toMatchObject({ mails: 1, executions: 0, deployments: 1, users: 1 });
  expect(before.databaseBytes).toBeGreaterThan(1_000_000);
  const { call } = await project("u-one");
  for (let times = 0; times < 7; times++) await call("/rest/v1/instance_config?select=*");
  for (let times = 0; times < 3; times++) expect(await call("/auth/v1/settings")).toBe(200);
  await call("/storage/v1/bucket");
  for (let times = 0; times < 4; times++) expect(await webhook("u-one")).toBe(200);
  const series = await measure("u-one");
  const after = await line("u-one");
  const grown = (name: "auth" | "rest" | "storage" | "realtime" | "executions" | "mails" | "deployments") =>
    (after[name] ?? 0) - (before[name] ?? 0);
  expect({
    rest: grown("rest"),
    auth: grown("auth"),
    storage: grown("storage"),
    realtime: grown("realtime"),
    executions: grown("executions"),
    mails: grown("mails"),
    deployments: grown("deployments"),
  }).toEqual({ rest: 7, auth: 3, storage: 1, realtime: 0, executions: 4, mails: 0, deployments: 0 });
  const sum = (name: "rest" | "auth" | "executions") =>
    series.buckets.reduce((total, each) => total + (each[name] ?? 0), 0);
  expect({ rest: sum("rest"), auth: sum("auth"), executions: sum("executions") }).toEqual({
    rest: after.rest,
    auth: after.auth,
    executions: after.executions,
  });
  // Nothing of it is another instance's.
  expect(await line("u-two")).toMatchObject({ rest: other.rest, auth: other.auth, executions: 0 });
  const again = await measure("u-one");
  await measure("u-one");
  const { ofHours: _, hours: __, costs: ___, databaseBytes: ____, ...same } = after;
  expect(await line("u-one")).toMatchObject(same);
  expect(again.buckets).toMatchObject(series.buckets.map(({ databaseBytes: _____, ...each }) => each));
  const fleet = await hub.as("viewer").call("fleetUsage", { query: { range: "12m" } });
  const two = await line("u-two");
  expect(fleet.buckets.reduce((total, { rest = 0 }) => total + rest, 0)).toBe(
    (after.rest ?? 0) + (two.rest ?? 0),
  );
});

test("a mail to somebody of its team is one of the instance's", async () => {
  const before = await line("u-two");
  const run = await hub.as("operator").call("startRun", {
    params: { slug: "u-two" },
    body: { kind: "team", input: { do: "invite", email: "new@u-two.example", role: "member" } },
  });
  expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
  await measure("u-two");
  expect((await line("u-two")).mails).toBe((before.mails ?? 0) + 1);
});

test("while the provider is down there is a gap that says so; then it is filled", async () => {
  const { call } = await project("u-one");
  await measure("u-one");
  const before = await line("u-one");
  await cloud.fault({ provider: "supabase", path: "/v1/projects/*", kind: "reject", times: 1_000 });
  await cloud.fault({ provider: "n8n", kind: "reject", times: 1_000 });
  const down = await measure("u-one");
  expect(down.problems.map(({ of }) => of)).toEqual(expect.arrayContaining(["requests", "executions"]));
  for (const { what, next } of down.problems)
    expect([what, next].every((each) => each.length > 5)).toBe(true);
  await cloud.heal();
  for (let times = 0; times < 5; times++) await call("/rest/v1/instance_config?select=*");
  expect((await line("u-one")).rest).toBe(before.rest);
  const healed = await measure("u-one");
  expect(healed.problems).toEqual([]);
  expect((await line("u-one")).rest).toBe((before.rest ?? 0) + 5);
});

test("by itself the hub measures what is due", async () => {
  const { call } = await project("u-two");
  await call("/rest/v1/instance_config?select=*");
  const before = await line("u-two");
  await sql.query("update atoll.usage_looks set due_at = clock_timestamp()");
  const giveUpAt = performance.now() + 20_000;
  while ((await line("u-two")).rest !== (before.rest ?? 0) + 1) {
    if (performance.now() > giveUpAt) throw new Error("Nobody measured it.");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});

test("the report is CSV, too, where a hostile name stands as a text, and the command line shows both", async () => {
  const answer = await hub.send("/api/usage/report.csv", {
    headers: { authorization: `Bearer ${hub.keys.get("viewer")}` },
  });
  expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  const csv = await answer.text();
  expect(csv).toContain(`u-one,"'=HYPERLINK(""https://evil.example"",""Toko"")"`);
  expect(csv.split("\r\n")).toHaveLength(4);
  expect(await hub.as("viewer").call("usageReportCsv", { query: {} })).toBe(csv);
  const [report, shown] = [await atoll("usage"), await atoll("usage", "--csv")];
  expect([report.code, shown.code]).toEqual([0, 0]);
  expect(shown.json()).toEqual({ csv });
  expect(report.json()).toMatchObject({ total: 2, isOver: false });
  expect((await atoll("usage", "--month", "soon")).code).toBe(2);
  expect((await atoll("usage", "nobody")).code).toBe(2);
});

test("prices are the settings', and two currencies stay two", async () => {
  const owner = hub.as("owner");
  const { answer, etag } = await owner.callTagged("showSettings", {});
  await owner.call(
    "changeSettings",
    {
      body: {
        ...answer,
        usagePrices: [
          { per: "mails-1000", label: "Mails", price: 5_000, currency: "EUR" },
          { per: "executions-1000", label: "Executions", price: 1_000, currency: "USD" },
        ],
      },
    },
    etag === undefined ? {} : { ifMatch: etag },
  );
  const { costs, mails = 0, executions = 0 } = await line("u-one");
  const found = costs.flatMap(({ currency, lines }) =>
    lines.map(({ label, amount }) => [currency, label, amount]),
  );
  expect(found).toEqual(
    expect.arrayContaining([
      ["EUR", "Mails", mails * 5],
      ["USD", "Executions", executions],
    ]),
  );
  const report = await hub.as("viewer").call("usageReport", { query: {} });
  expect(report.costs.map(({ currency }) => currency)).toEqual(["EUR", "USD"]);
});
