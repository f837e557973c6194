import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { keepWorkers } from "@atoll/hub/environments/workers";
import { type RunningHub, startHub } from "@atoll/hub/start";
import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { atollIn } from "../support/atoll.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { things } from "../support/things.ts";

// Two sets of accounts, each at a cloud of its own, and one hub: everything but the kind of things is as with real ones.
const databaseUrl = await testDatabase();
const program = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));
let production: TestCloud;
let staging: TestCloud;
let env: NodeJS.ProcessEnv;
let hub: TestHub;
let running: RunningHub;
let workers: ReturnType<typeof keepWorkers> | undefined;
const told: string[] = [];

const accounts = (cloud: TestCloud, prefix = ""): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries({
      SUPABASE_MANAGEMENT_TOKEN: cloud.tokens.supabase,
      SUPABASE_ORG_ID: "atoll-local",
      SUPABASE_API_URL: `${cloud.url}/supabase`,
      SUPABASE_PROJECT_URL: `${cloud.url}/supabase/projects/REF`,
      SUPABASE_DATABASE_URL: cloud.projectDatabase,
      GITHUB_TOKEN: cloud.tokens.github,
      GITHUB_ORG: "atoll-clients",
      GITHUB_TEMPLATE: "atoll-templates/business-app",
      GITHUB_API_URL: `${cloud.url}/github`,
      VERCEL_TOKEN: cloud.tokens.vercel,
      VERCEL_TEAM_ID: "team_atoll",
      VERCEL_API_URL: `${cloud.url}/vercel`,
      N8N_HOST: `${cloud.url}/n8n`,
      N8N_API_KEY: cloud.tokens.n8n,
      GITEA_HOST: `${cloud.url}/gitea`,
      GITEA_TOKEN: cloud.tokens.gitea,
      RESEND_API_KEY: cloud.tokens.resend,
      RESEND_API_URL: `${cloud.url}/resend`,
      MAIL_FROM: "Atoll <hello@atoll.local>",
    }).map(([name, value]) => [`${prefix}${name}`, value]),
  );

beforeAll(async () => {
  const args = ["--light", "--latency", "instant", "--no-rate-limits"];
  // One after the other: one that does not start leaves nothing behind.
  production = await testCloud(args);
  staging = await testCloud([...args, "--token-suffix=-of-staging"]);
  env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    ATOLL_HOME: production.home,
    ATOLL_SECRET_KEY: Buffer.alloc(32, 7).toString("base64"),
    DATABASE_URL: databaseUrl,
    ATOLL_ENVIRONMENTS: "production,staging",
    ...accounts(production),
    ...accounts(staging, "STAGING_"),
  };
  hub = await testHub(env, { worker: true });
  running = await startHub({
    runtime: hub.runtime.lent(),
    letters: hub.hub.letters,
    env: { PORT: "0", LOG_LEVEL: "silent" },
  });
}, 180_000);
afterAll(async () => {
  await workers?.stop();
  await running?.close();
  await hub?.stop();
  await production?.stop();
  await staging?.stop();
});

const atHub = atollIn(
  () => production.home,
  () => ({ ATOLL_URL: running.url, ATOLL_API_KEY: hub.keys.get("operator") }),
);
/** Without a hub, with these variables. */
const alone = (own: () => NodeJS.ProcessEnv) => atollIn(() => production.home, own);
const client = (slug: string) => ({ name: `Toko ${slug}`, slug, adminEmail: `owner@${slug}.example` });
const projectsOf = async (cloud: TestCloud) => {
  const { supabase } = await things(cloud);
  return JSON.stringify(supabase);
};

async function until<T>(look: () => Promise<T | undefined> | T | undefined, what: string): Promise<T> {
  for (let looks = 0; looks < 600; looks++) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what} never came. Told: ${told.join(" ")}`);
}

const ended = (id: string, state: string) =>
  until(async () => {
    const run = await hub.as("viewer").call("showRun", { params: { id } });
    return run.state === state ? run : undefined;
  }, `The end of ${id}`);

test("each instance is made at its own environment's providers only; a run whose environment has no worker waits and says so", async () => {
  const { id } = await hub.as("operator").call("createInstance", {
    body: { blueprint: "business", answers: client("toko-trial"), environment: "staging" },
  });
  // Production's goes through the command line, without an environment: the default.
  const answers = ["--name", "Toko Real", "--admin-email", "owner@toko-real.example"];
  const up = await atHub("up", "toko-real", ...answers);
  expect(up.json(), up.err).toMatchObject({ state: "succeeded" });
  expect(await projectsOf(production)).toContain("toko-real");
  expect(await projectsOf(staging)).not.toContain("toko-real");

  // That took a whole run: the other one has had its time.
  const waits = { state: "queued", environment: "staging", lacksWorker: true };
  expect(await hub.as("viewer").call("showRun", { params: { id } })).toMatchObject(waits);
  const { items: runs } = await hub.as("viewer").call("listRuns", { query: { environment: "staging" } });
  expect(runs).toMatchObject([{ id, ...waits }]);
  expect((await atHub("status", "toko-trial")).json()).toMatchObject({ runs: [waits] });
  const { items } = await hub.as("viewer").call("listEnvironments", {});
  expect(items).toEqual([
    { name: "production", isDefault: true, workers: 1 },
    { name: "staging", isDefault: false, workers: 0 },
  ]);
  const metrics = async () =>
    (await hub.send("/metrics", { headers: { authorization: `Bearer ${hub.keys.get("viewer")}` } })).text();
  expect(await metrics()).toContain('atoll_workers{environment="staging"} 0');

  workers = keepWorkers({ env, program, tell: (text) => told.push(text), firstDelayMs: 50 });
  const run = await ended(id, "succeeded");
  expect(run).toMatchObject({ lacksWorker: false });
  expect(await projectsOf(staging)).toContain("toko-trial");
  expect(await projectsOf(production)).not.toContain("toko-trial");
  const calls = JSON.stringify(await production.log());
  expect(calls).not.toContain("toko-trial");
  expect(await metrics()).toContain('atoll_instances{state="live",environment="staging"} 1');

  const listed = await hub.as("viewer").call("listInstances", { query: { environment: "staging" } });
  expect(listed.items.map(({ slug, environment }) => [slug, environment])).toEqual([
    ["toko-trial", "staging"],
  ]);
}, 240_000);

test("a worker's process has its own environment's tokens, and nobody else's; one that dies is followed by another", async () => {
  const pid = workers?.pids().get("staging") ?? 0;
  expect([...(workers?.pids().keys() ?? [])]).toEqual(["staging"]);
  const given = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  const ends = (token: string) => given.filter((line) => line.endsWith(token));
  const used = (cloud: TestCloud) =>
    Object.values(cloud.tokens).filter((token) => Object.values(env).includes(token));
  expect(used(staging)).toHaveLength(6);
  for (const token of used(staging)) expect(ends(token)).toHaveLength(1);
  for (const token of used(production)) expect(ends(token)).toEqual([]);
  expect(given.filter((line) => /^(GITHUB|SUPABASE|VERCEL|N8N|GITEA|RESEND|MAIL)_/.test(line))).toEqual([]);

  process.kill(pid, "SIGKILL");
  const next = await until(() => {
    const now = workers?.pids().get("staging");
    return now === undefined || now === pid ? undefined : now;
  }, "Another worker");
  expect(told).toEqual([expect.stringMatching(/"staging" ended \(SIGKILL\)/)]);
  // Its command line is the worker's, in that environment.
  expect(readFileSync(`/proc/${next}/cmdline`, "utf8")).toContain("worker\0--environment\0staging");
  await until(async () => {
    const { items } = await hub.as("viewer").call("listEnvironments", {});
    return items[1]?.workers ? true : undefined;
  }, "Its lease");
}, 120_000);

test("whoever approves a request chooses its environment; the first choice counts", async () => {
  const { store } = hub.hub;
  await store
    .insertInto("requests")
    .values({
      ...{ id: "req-1", blueprint: "business", slug: "toko-asked", name: "Toko Asked" },
      ...{ email: "owner@toko-asked.example", locale: "en", asker: "req-1", confirmed_at: new Date() },
      answers: JSON.stringify(client("toko-asked")),
    })
    .execute();
  const params = { id: "req-1" };
  const approve = (environment?: string) =>
    hub.as("operator").call("approveRequest", { params, body: environment ? { environment } : {} });
  await expect(approve("nowhere")).rejects.toMatchObject({ problem: { field: "environment" } });
  await staging.clearLog();
  await production.clearLog();
  await hub.as("viewer").call("planRequest", { params, query: { environment: "staging" } });
  expect(await staging.log({ provider: "supabase" })).not.toEqual([]);
  expect(await production.log()).toEqual([]);
  expect(await approve("staging")).toMatchObject({ environment: "staging" });
  expect(await approve()).toMatchObject({ environment: "staging" });
  const request = await until(async () => {
    const now = await hub.as("viewer").call("showRequest", { params });
    return now.state === "deployed" ? now : undefined;
  }, "Its instance");
  expect(await hub.as("viewer").call("showInstance", { params: { slug: "toko-asked" } })).toMatchObject({
    id: expect.any(String),
    environment: "staging",
    url: request.instanceUrl,
  });
  const { items } = await hub.as("viewer").call("listRequests", { query: { environment: "staging" } });
  expect(items.map((each) => each.id)).toEqual(["req-1"]);
  expect(await projectsOf(staging)).toContain("toko-asked");
}, 120_000);

test("what is brought into an environment is tried with that environment's accounts, and with no others", async () => {
  const { ref } = (await staging.plant({ provider: "supabase", name: "theirs" })) as { ref: string }; // as the emulator answers
  const url = `${staging.url}/supabase/v1/projects/${ref}/api-keys?reveal=true`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${staging.tokens.supabase}` } });
  const keys = (await answer.json()) as { type: string; api_key: string }[]; // as the emulator answers
  const keyOf = (type: string) => keys.find((each) => each.type === type)?.api_key;
  const supabase = {
    url: `${staging.url}/supabase/projects/${ref}`,
    publishableKey: keyOf("publishable"),
    secretKey: keyOf("secret"),
  };
  // Health is looked at in between: only what is asked about this project counts.
  const asked = async (cloud: TestCloud) => (await cloud.log()).filter(({ path }) => path.includes(ref));
  await staging.clearLog();
  const body = {
    blueprint: "business",
    answers: { ...client("toko-brings"), bring: { supabase, consent: true } },
    environment: "staging",
  };
  // Who may only look has the hub call nothing.
  await expect(hub.as("viewer").call("planNewInstance", { body })).rejects.toMatchObject({
    problem: { status: 403, field: "bring" },
  });
  expect(await asked(staging)).toEqual([]);
  expect(await hub.as("operator").call("checkAnswers", { body })).toEqual({ problems: [] });
  expect(await asked(staging)).not.toEqual([]);
  await expect(
    hub.as("operator").call("checkAnswers", { body: { ...body, environment: "nowhere" } }),
  ).rejects.toMatchObject({ problem: { field: "environment" } });
  const named = await hub.as("viewer").call("listBlueprints", { query: { environment: "staging" } });
  expect(named.items.map(({ name }) => name)).toEqual(["business", "shop", "agency"]);
  await expect(
    hub.nobody.call("listBlueprints", { query: { environment: "staging" } }),
  ).rejects.toMatchObject({ problem: { status: 401 } });
  expect(await hub.runtime.register("business", body.answers, "staging")).toBe("toko-brings");
  expect(await asked(production)).toEqual([]);
}, 60_000);

test("a slug is one over all environments", async () => {
  const answers = ["--name", "Toko Real", "--admin-email", "owner@toko-real.example"];
  const taken = await atHub("up", "toko-real", ...answers, "--environment", "staging");
  expect(taken.code).toBe(2);
  expect(taken.json()).toMatchObject({
    error: { field: "slug", what: expect.stringContaining('taken in the environment "production"') },
  });
  const unknown = await atHub("plan", "toko-odd", ...answers, "--environment", "nowhere");
  expect(unknown.json()).toMatchObject({ error: { field: "environment" } });
});

test("doctor looks at each environment's accounts, or at one's, and tells a token that two of them share", async () => {
  await production.clearLog();
  await staging.clearLog();
  const { items } = await hub.as("operator").call("runDoctor", { query: {} });
  expect([...new Set(items.map((each) => each.environment))]).toEqual(["production", "staging"]);
  expect(items.filter((each) => !each.ok)).toEqual([]);
  expect(await staging.log({ writes: true })).toEqual([]);
  await production.clearLog();
  const one = await atHub("doctor", "--environment", "staging");
  const { findings } = one.json() as { findings: { environment: string }[] };
  expect(new Set(findings.map((each) => each.environment))).toEqual(new Set(["staging"]));
  expect(await production.log()).toEqual([]);
  expect((await atHub("doctor", "--environment", "nowhere")).json()).toMatchObject({
    error: { field: "environment" },
  });

  const shared = alone(() => ({ ...env, STAGING_RESEND_API_KEY: production.tokens.resend }));
  const told = await shared("doctor");
  expect(told.code).toBe(3);
  expect(told.out + told.err).not.toContain(production.tokens.resend);
  expect(told.json()).toMatchObject({
    findings: expect.arrayContaining([
      expect.objectContaining({ environment: "staging", ok: false, subject: "STAGING_RESEND_API_KEY" }),
      expect.objectContaining({ environment: "production", ok: false, subject: "RESEND_API_KEY" }),
    ]),
  });
}, 120_000);

test("two environments with one account are refused before anything is looked at", async () => {
  await staging.clearLog();
  await production.clearLog();
  const same = alone(() => ({ ...env, STAGING_GITHUB_API_URL: `${production.url}/github` }));
  const refused = await same("status");
  expect(refused.code).toBe(2);
  expect(refused.json()).toMatchObject({
    error: { field: "ATOLL_ENVIRONMENTS", what: expect.stringMatching(/"production" and "staging".*github/) },
  });
  // By another name in another process, too: the database knows whose account it is.
  const { ATOLL_ENVIRONMENTS: _, ...rest } = env;
  const renamed = alone(() => ({ ...rest, ATOLL_ENVIRONMENT: "live" }));
  expect((await renamed("status")).json()).toMatchObject({
    error: { field: "ATOLL_ENVIRONMENTS", what: expect.stringContaining('"production" and "live"') },
  });
  expect([...(await production.log()), ...(await staging.log())]).toEqual([]);
}, 60_000);

test("destroying one leaves the other's inventory as it was; alone, a command works where its instance is", async () => {
  // Nobody else does staging's runs from here on.
  await workers?.stop();
  workers = undefined;
  const before = await things(production);
  const commands = alone(() => env);
  for (const slug of ["toko-trial", "toko-asked"]) {
    const gone = await commands("destroy", slug, "--confirm", slug, "--now");
    expect(gone.json(), gone.err).toMatchObject({ state: "succeeded" });
  }
  expect(await projectsOf(staging)).not.toContain("toko-");
  expect(await things(production)).toEqual(before);
  // Whoever works for one environment needs the variables of that one, and is refused another's instance.
  const { PATH, HOME, ATOLL_SECRET_KEY, ATOLL_ENVIRONMENTS } = env;
  const own = { PATH, HOME, ATOLL_SECRET_KEY, ATOLL_ENVIRONMENTS, DATABASE_URL: databaseUrl };
  const tester = alone(() => ({ ...own, ...accounts(staging, "STAGING_") }));
  const plan = ["plan", "toko-new", "--name", "Toko New", "--admin-email", "owner@toko-new.example"];
  expect((await tester(...plan, "--environment", "staging")).json()).toMatchObject({ slug: "toko-new" });
  const refused = await tester(...plan.with(1, "toko-real"), "--environment", "staging");
  expect(refused.json()).toMatchObject({ error: { field: "environment" } });
  expect((await tester("status")).json()).toMatchObject({
    error: { field: expect.stringContaining("PRODUCTION_GITHUB_TOKEN") },
  });
  expect(await things(production)).toEqual(before);
}, 180_000);
