import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { AnyBlueprint, Step } from "@atoll/core/blueprint";
import { randomIds } from "@atoll/core/ids";
import { dumpSchema } from "@atoll/engine/testing/dump";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { atollIn } from "../support/atoll.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { businessOn, startHub, type TestHub } from "../support/hub.ts";
import { historyOf, leaks } from "../support/leaks.ts";

const databaseUrl = await testDatabase();
const canaries = {
  databasePassword: "canaryDatabasePassword0aZ81xYw33",
  temporaryPassword: "cAn4-Ry7e-mPor-aRyX",
};
const said: string[] = [];
let cloud: TestCloud;
let hub: TestHub;

const options = {
  ids: {
    ...randomIds,
    password: () => canaries.databasePassword,
    temporaryPassword: () => canaries.temporaryPassword,
  },
  log: (line: object) => said.push(JSON.stringify(line)),
};

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  hub = await startHub(databaseUrl, spill(await businessOn(cloud), "loose"), options);
});
afterAll(async () => {
  await hub?.close();
  await cloud?.stop();
});

const tokens = () =>
  Object.fromEntries(Object.entries(cloud.tokens).map(([provider, token]) => [`${provider} token`, token]));

/** The service keys of every project there is, old and new kind: asked with the token, as the hub does. */
async function serviceKeys(): Promise<Record<string, string>> {
  const headers = { authorization: `Bearer ${cloud.tokens.supabase}` };
  const get = async (at: string) => (await fetch(`${cloud.url}/supabase${at}`, { headers })).json();
  const found: Record<string, string> = {};
  for (const { ref } of (await get("/v1/projects")) as { ref: string }[]) {
    const keys = (await get(`/v1/projects/${ref}/api-keys?reveal=true`)) as {
      name: string;
      type?: string;
      api_key: string;
    }[]; // as the Management API describes it
    for (const key of keys)
      if (key.type === "secret" || key.name === "service_role") found[`${ref} ${key.name}`] = key.api_key;
  }
  return found;
}

/** All that is stored, told or kept anywhere but at the place that needs it. */
async function places(engine: TestHub["engine"], slugs: string[]): Promise<Record<string, string>> {
  const events: string[] = [];
  const plans: string[] = [];
  for (const slug of slugs) {
    for (const run of await engine.runs(slug))
      for await (const event of engine.events(run.id)) events.push(JSON.stringify(event));
    plans.push(
      JSON.stringify([await engine.plan(slug), await engine.runs(slug), await engine.resources(slug)]),
    );
  }
  const dataDir = path.join(cloud.home, "cloud");
  return {
    log: said.join("\n"),
    journal: await dumpSchema(databaseUrl, "atoll"),
    "durable state": await dumpSchema(databaseUrl, "dbos"),
    events: events.join("\n"),
    "plans, runs and resources": plans.join("\n"),
    "clients' repositories": await historyOf(path.join(dataDir, "github")),
    backups: await historyOf(path.join(dataDir, "gitea")),
    "inventory and request log": JSON.stringify([await cloud.inventory(), await cloud.log()]),
  };
}

test("no secret stands in a log, the journal, a plan, an event, an error, a repository or a backup", async () => {
  expect(await hub.provision("quiet")).toMatchObject({ state: "succeeded" });
  // Runs that go wrong say more: refusals, broken connections and undone work at every provider.
  for (const [index, provider] of ["supabase", "github", "vercel", "n8n", "gitea", "resend"].entries()) {
    await cloud.fault({ provider, kind: "reject", after: provider === "resend" ? 0 : 2 });
    expect(await hub.provision(`refused-${index}`)).toMatchObject({ fault: { what: expect.any(String) } });
    await cloud.heal();
  }
  const secrets = { ...canaries, ...tokens(), ...(await serviceKeys()) };
  expect(Object.keys(secrets).length).toBeGreaterThan(8);
  const slugs = ["quiet", ...[0, 1, 2, 3, 4, 5].map((index) => `refused-${index}`)];
  expect(leaks(await places(hub.engine, slugs), secrets)).toEqual([]);
}, 180_000);

test("the check finds what a careless blueprint gives away", async () => {
  expect(await hub.provision("loose")).toMatchObject({ state: "succeeded" });
  const found = leaks(await places(hub.engine, ["loose"]), canaries);
  expect(found).toContain("clients' repositories: databasePassword");
  expect(found).toContain("backups: temporaryPassword");
}, 120_000);

/** The same blueprint, which for one client writes secrets in clear into the repository and into the backup. */
function spill(blueprint: AnyBlueprint, slug: string): AnyBlueprint {
  const change = (steps: readonly Step[]) => steps.map((step) => spilling(step, slug));
  const { stepsFor } = blueprint;
  return {
    ...blueprint,
    steps: change(blueprint.steps),
    ...(stepsFor && { stepsFor: (recorded, answers) => change(stepsFor(recorded, answers)) }),
  };
}

function spilling(step: Step, slug: string): Step {
  if (step.does !== "resource" || !["client-config", "backup"].includes(step.step)) return step;
  const want: typeof step.want = (context) => {
    const wanted = step.want(context);
    if (context.instance.slug !== slug) return wanted;
    const { databasePassword, temporaryPassword } = context.secrets;
    return step.step === "backup"
      ? { ...wanted, files: { ...wanted.files, "notes.md": `Use ${temporaryPassword.expose()}.\n` } }
      : { ...wanted, content: `${wanted.content}\n// ${databasePassword.expose()}\n` };
  };
  return { ...step, want };
}

/** Every file below a folder, as the bytes that it is. */
function bytesBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => readFileSync(path.join(each.parentPath, each.name), "latin1"))
    .join("\n");
}

test("no secret stands in what the commands print, nor in the home folder's files", async () => {
  const home = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  try {
    const atoll = atollIn(() => home.home);
    const client = ["--name", "Toko S", "--admin-email", "owner@toko-s.example"];
    const printed: string[] = [];
    for (const args of [
      ["plan", ...client],
      ["up", ...client],
      ["status"],
      ["verify", "toko-s"],
      ["drift", "toko-s"],
      ["doctor"],
      ["destroy", "toko-s", "--confirm", "toko-s"],
    ]) {
      const { out, err } = await atoll(...args);
      printed.push(out, err);
    }
    const mails = (await (await fetch(`${home.url}/mailbox/api`)).json()) as { text: string }[];
    const temporaryPassword = /password: (\S+)/.exec(mails[0]?.text ?? "")?.[1] ?? "";
    expect(temporaryPassword).not.toBe("");
    const secrets = {
      temporaryPassword,
      ...home.tokens,
    };
    // The hub's own Postgres is stopped by now: its tables and its write-ahead log are plain files.
    const kept = { printed: printed.join("\n"), "hub's files": bytesBelow(path.join(home.home, "hub")) };
    expect(leaks(kept, secrets)).toEqual([]);
    expect(kept["hub's files"]).toContain("owner@toko-s.example");
  } finally {
    await home.stop();
  }
}, 120_000);
