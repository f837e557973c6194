import { HubProblem } from "@atoll/contract/client";
import type { InstanceDrift } from "@atoll/contract/schemas/drift";
import type { Settings } from "@atoll/contract/schemas/settings";
import { dumpSchema } from "@atoll/engine/testing/dump";
import { watchDrift } from "@atoll/hub/drift/watch";
import { readSettings, writeSettings } from "@atoll/hub/store/settings";
import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { atollIn } from "../support/atoll.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { leaks } from "../support/leaks.ts";

const databaseUrl = await testDatabase();
const kinds = ["business", "shop", "agency", "community"] as const;
const canary = "canary-Drift-7fQ2kk19";
let cloud: TestCloud;
let hub: TestHub;
let round: () => Promise<void>;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  hub = await testHub(
    { ATOLL_HOME: cloud.home, DATABASE_URL: databaseUrl, PATH: process.env.PATH },
    { worker: true },
  );
  await policy({});
  round = watchDrift({
    store: hub.hub.store,
    runtime: hub.runtime,
    letters: hub.hub.letters,
    baseUrl: "http://hub.test",
    everyMs: 3_600_000,
  });
  await Promise.all(
    kinds.map(async (blueprint) => {
      const answers = {
        name: `Toko ${blueprint}`,
        slug: `d-${blueprint}`,
        adminEmail: `owner@${blueprint}.example`,
        ...(blueprint === "community" && { city: "Lyon", mapCenter: "45.76, 4.83" }),
      };
      const run = await hub.as("operator").call("createInstance", { body: { blueprint, answers } });
      expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
    }),
  );
}, 180_000);
afterAll(async () => {
  await hub?.stop();
  await cloud?.stop();
});

/** The settings with this policy; every mail of the hub goes to one address. */
async function policy(areas: NonNullable<Settings["drift"]>["areas"], repairsADay = 10): Promise<void> {
  const { value, version } = await readSettings(hub.hub.store);
  const wanted = { ...value, alertTo: ["ops@atoll.example"], drift: { areas, repairsADay } };
  await hub.hub.store.transaction().execute((tx) => writeSettings(tx, wanted, version));
}

const operator = () => hub.as("operator");
const look = (slug: string) => operator().call("lookForDrift", { params: { slug }, body: {} });
const items = (drift: InstanceDrift) => drift.items.map(({ path }) => path);

/** Mails about an instance's drift that were put into the outbox. */
async function told(slug: string): Promise<string[]> {
  const { id } = await hub.runtime.instance(slug);
  const rows = await hub.hub.store
    .selectFrom("outbox")
    .select("subject")
    .where("key", "like", `drift/${id}/%`)
    .execute();
  return rows.map(({ subject }) => subject);
}

/** What mails about an instance's drift said, as they arrived. */
async function mailsOf(slug: string): Promise<{ instance: string; comesBack: boolean }[]> {
  const answer = await fetch(`${cloud.url}/mailbox/api?search=ops@atoll.example`);
  const mails = (await answer.json()) as { subject: string; text: string }[]; // as the mailbox keeps them
  return mails
    .filter(({ subject }) => subject === "instance drift")
    .map(({ text }) => JSON.parse(text) as { instance: string; comesBack: boolean }) // the test hub's letters
    .filter(({ instance }) => instance === slug);
}

async function thing(slug: string, step: string) {
  const found = (await hub.runtime.journal.resources(slug)).find((each) => each.step === step);
  if (found === undefined) throw new Error(`${slug} has no ${step}.`);
  return found;
}

/** A call at a provider, as somebody with its token. */
async function atProvider(
  provider: "vercel" | "github" | "supabase" | "n8n",
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const token = cloud.tokens[provider];
  const answer = await fetch(`${cloud.url}/${provider}${path}`, {
    method,
    headers: {
      "content-type": "application/json",
      ...(provider === "n8n" ? { "x-n8n-api-key": token } : { authorization: `Bearer ${token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** SQL in an instance's own database, as somebody who opens its SQL editor. */
async function byHand(slug: string, query: string): Promise<void> {
  const { id } = await thing(slug, "schema");
  await atProvider("supabase", "POST", `/v1/projects/${id}/database/query`, { query });
}

async function setVariable(slug: string, key: string, value: string): Promise<void> {
  const { id } = await thing(slug, "site");
  const at = `/v10/projects/${id}/env?teamId=team_atoll`;
  const { envs } = (await atProvider("vercel", "GET", at)) as { envs: { id: string; key: string }[] }; // as Vercel lists them
  const found = envs.find((each) => each.key === key);
  if (found === undefined) throw new Error(`There is no ${key}.`);
  await atProvider("vercel", "PATCH", `/v9/projects/${id}/env/${found.id}?teamId=team_atoll`, { value });
}

async function repaired(slug: string, paths: string[], whole = false): Promise<void> {
  const { run } = await operator().call("repairDrift", { params: { slug }, body: { paths, whole } });
  if (run !== undefined) expect(await hub.runtime.journal.wait(run)).toMatchObject({ state: "succeeded" });
}

const refused = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof HubProblem) return error.problem;
  throw new Error(`It was not refused: ${String(error)}`);
};

const deeds = async (slug: string, action: string) =>
  await hub.hub.store
    .selectFrom("audit")
    .select(["actor", "details"])
    .where("subject", "=", `instance/${slug}`)
    .where("action", "=", action)
    .orderBy("seq")
    .execute();

/** Looks now, unless the hub's own watch was faster and a repair is under way already. */
async function lookOrWait(slug: string): Promise<void> {
  await look(slug).catch((error: unknown) => {
    if (!(error instanceof HubProblem && error.problem.field === "slug")) throw error;
  });
}

/** Rounds of the watch until nothing is under way, looked at or decided any more. */
async function settled(slug: string): Promise<void> {
  const { id } = await hub.runtime.instance(slug);
  for (let rounds = 0; rounds < 100; rounds++) {
    await round();
    for (const run of await hub.runtime.journal.runs(slug)) await hub.runtime.journal.wait(run.id);
    const { decided, due_at } = await hub.hub.store
      .selectFrom("drift_looks")
      .select(["decided", "due_at"])
      .where("instance_id", "=", id)
      .executeTakeFirstOrThrow();
    if (decided && due_at.getTime() > Date.now()) return round();
  }
  throw new Error(`${slug} never came to rest.`);
}

test.each(kinds)("an untouched instance of %s differs in nothing", async (blueprint) => {
  expect(await look(`d-${blueprint}`)).toMatchObject({ items: [], problems: [], besides: [] });
  await round();
  expect(await told(`d-${blueprint}`)).toEqual([]);
});

describe("planted behind our back", () => {
  const slug = "d-business";

  test.each([
    {
      what: "a variable of the site",
      plant: () => setVariable(slug, "CLIENT_NAME", "Somebody else"),
      area: "environment",
      path: expect.stringMatching(/^environment\..*CLIENT_NAME/),
    },
    {
      what: "the repository's visibility and description",
      plant: async () => {
        const { id } = await thing(slug, "repository");
        const { description } = (await atProvider("github", "GET", `/repos/${id}`)) as {
          description: string;
        }; // as GitHub tells it
        await atProvider("github", "PATCH", `/repos/${id}`, {
          private: false,
          description: description.replace(/^[^[]*/, "Mine now "),
        });
      },
      area: "repository",
      path: "repository.private",
    },
    {
      what: "the configuration of Auth",
      plant: async () => {
        const { id } = await thing(slug, "project");
        await atProvider("supabase", "PATCH", `/v1/projects/${id}/config/auth`, { disable_signup: false });
      },
      area: "auth",
      path: "auth-config.disableSignup",
    },
    {
      what: "a workflow that was switched off",
      plant: async () => {
        const workflow = (await hub.runtime.journal.resources(slug)).find(
          ({ kind }) => kind === "n8n.workflow",
        );
        await atProvider("n8n", "POST", `/api/v1/workflows/${workflow?.id.split("/")[0]}/deactivate`);
      },
      area: "automations",
      path: expect.stringMatching(/-workflow\.active$/),
    },
  ])(
    "$what: named, told once, repaired by choice, gone",
    async ({ plant, area, path }) => {
      const before = (await told(slug)).length;
      await plant();
      const found = await look(slug);
      expect(found.items).toContainEqual(expect.objectContaining({ area, path, repair: "run" }));
      await round();
      await look(slug);
      await round();
      expect(await told(slug)).toHaveLength(before + 1);
      const paths = items(found);
      const all = await hub.as("viewer").call("listDrift", { query: { blueprint: "business" } });
      expect(all.items.map((each) => each.path)).toEqual(paths);
      await repaired(slug, paths, true);
      expect((await look(slug)).items).toEqual([]);
      await round();
      expect(await told(slug)).toHaveLength(before + 1);
    },
    60_000,
  );

  test("a key of the vault: named without its value, put back by choice", async () => {
    await byHand(
      slug,
      `update public.instance_config set value = to_jsonb('${canary}'::text), updated_by = 'somebody' where key = 'APP_NAME'`,
    );
    const found = await look(slug);
    expect(found.items).toMatchObject([{ area: "vault", path: "vault.APP_NAME", repair: "settle" }]);
    expect(JSON.stringify(found)).not.toContain(canary);
    await repaired(slug, ["vault.APP_NAME"]);
    expect((await look(slug)).items).toEqual([]);
  });

  test("an admin whom nobody here made: looked at, never repaired, accepted until they change", async () => {
    await policy({ auth: "repair" });
    await byHand(
      slug,
      `insert into auth.users (id, email, raw_app_meta_data) values (gen_random_uuid(), 'stranger@evil.example', '{"role":"admin"}')`,
    );
    await byHand(slug, "update public.users set role = 'admin' where email = 'stranger@evil.example'");
    const path = "users.stranger@evil.example";
    const found = await look(slug);
    expect(found.items).toMatchObject([{ area: "users", path, repair: "none" }]);
    const before = (await told(slug)).length;
    await settled(slug);
    expect(await told(slug)).toHaveLength(before + 1);
    expect(
      await refused(operator().call("repairDrift", { params: { slug }, body: { paths: [path] } })),
    ).toMatchObject({ status: 422, next: expect.stringContaining("accept") });
    const accepted = await operator().call("acceptDrift", { params: { slug }, body: { paths: [path] } });
    expect(accepted.items).toMatchObject([{ path, acceptedBy: expect.any(String) }]);
    const list = (only: "open" | "accepted") => hub.as("viewer").call("listDrift", { query: { slug, only } });
    expect((await list("open")).items).toEqual([]);
    expect((await list("accepted")).items).toHaveLength(1);
    await look(slug);
    await round();
    expect(await told(slug)).toHaveLength(before + 1);
    expect((await list("accepted")).items).toHaveLength(1);
    // Another account under the same address is another difference.
    await byHand(
      slug,
      `delete from auth.users where email = 'stranger@evil.example';
       insert into auth.users (id, email, raw_app_meta_data) values (gen_random_uuid(), 'stranger@evil.example', '{"role":"admin"}')`,
    );
    await byHand(slug, "update public.users set role = 'admin' where email = 'stranger@evil.example'");
    expect((await look(slug)).items[0]).not.toHaveProperty("acceptedBy");
    await round();
    expect(await told(slug)).toHaveLength(before + 2);
    await byHand(slug, "delete from auth.users where email = 'stranger@evil.example'");
    expect((await look(slug)).items).toEqual([]);
    await policy({});
  }, 60_000);

  test("a policy of the schema: named once, and a repair is refused with what to do", async () => {
    await byHand(slug, "alter table public.deals add column planted text");
    const found = await look(slug);
    expect(found.items.map(({ area }) => area)).toEqual(found.items.map(() => "schema"));
    expect(items(found)).toContainEqual(expect.stringContaining("deals"));
    expect(
      await refused(operator().call("repairDrift", { params: { slug }, body: { paths: items(found) } })),
    ).toMatchObject({ status: 422, next: expect.any(String) });
    await byHand(slug, "alter table public.deals drop column planted");
    expect((await look(slug)).items).toEqual([]);
  });
});

describe("a chosen repair", () => {
  const slug = "d-shop";

  test("says what else it would set right, and leaves alone what does not need it", async () => {
    await setVariable(slug, "CLIENT_NAME", "Somebody else");
    const { id } = await thing(slug, "project");
    await atProvider("supabase", "PATCH", `/v1/projects/${id}/config/auth`, { disable_signup: false });
    const paths = items(await look(slug));
    const one = paths.filter((path) => path.startsWith("environment."));
    const problem = await refused(operator().call("repairDrift", { params: { slug }, body: { paths: one } }));
    expect(problem).toMatchObject({ status: 422, field: "whole" });
    expect(problem.title).toContain("auth-config.disableSignup");
    expect((await look(slug)).items).toHaveLength(paths.length);
    // What does not need it is left alone: the variable is still somebody else's.
    await repaired(slug, ["auth-config.disableSignup"]);
    const rest = paths.filter((path) => path !== "auth-config.disableSignup");
    expect(items(await look(slug))).toEqual(rest);
    const [newest] = (await hub.runtime.journal.runs(slug)).toReversed();
    expect(newest?.steps.map(({ step }) => step)).not.toContain("environment");
    await repaired(slug, rest);
    expect((await look(slug)).items).toEqual([]);
    expect((await deeds(slug, "drift.repair")).at(-1)).toMatchObject({ details: { paths: rest } });
  }, 90_000);

  test("is the operator's, and knows what it is about", async () => {
    const call = (role: "viewer" | "operator", at: string, path: string) =>
      refused(hub.as(role).call("repairDrift", { params: { slug: at }, body: { paths: [path] } }));
    expect(await call("viewer", slug, "x")).toMatchObject({ status: 403 });
    expect(await call("operator", "nobody", "x")).toMatchObject({ status: 404 });
    expect(await call("operator", slug, "nothing.here")).toMatchObject({ status: 422, field: "paths" });
  });
});

describe("the policy", () => {
  const slug = "d-agency";
  const plant = async () => {
    const { id } = await thing(slug, "project");
    await atProvider("supabase", "PATCH", `/v1/projects/${id}/config/auth`, { disable_signup: false });
  };
  const path = "auth-config.disableSignup";

  test("repairs what it may, tells nobody, and stands in the audit log", async () => {
    await policy({ auth: "repair" });
    await plant();
    await lookOrWait(slug);
    await settled(slug);
    expect((await look(slug)).items).toEqual([]);
    expect(await told(slug)).toEqual([]);
    expect(await deeds(slug, "drift.repair")).toMatchObject([
      { actor: "drift policy", details: { paths: [path] } },
    ]);
  }, 60_000);

  test("leaves everything alone while something stands beside it that nobody meant", async () => {
    await setVariable(slug, "CLIENT_NAME", "Meant so");
    await plant();
    const paths = items(await look(slug));
    await settled(slug);
    expect(items(await look(slug))).toEqual(paths);
    expect(await told(slug)).toHaveLength(1);
    await operator().call("acceptDrift", {
      params: { slug },
      body: { paths: paths.filter((each) => each !== path) },
    });
    await look(slug);
    await settled(slug);
    // Accepted is not given up: a run would take it back.
    expect(items(await look(slug))).toEqual(paths);
    await repaired(slug, [path], true);
    await settled(slug);
    expect((await look(slug)).items).toEqual([]);
  }, 60_000);

  test("stops when the same comes back after three repairs, and tells so once", async () => {
    const before = (await told(slug)).length;
    for (let times = 0; times < 4; times++) {
      await plant();
      await lookOrWait(slug);
      await settled(slug);
    }
    const [item] = (await look(slug)).items;
    expect(item).toMatchObject({ path, repairs: 3, stoppedAt: expect.any(String) });
    await settled(slug);
    expect(await told(slug)).toHaveLength(before + 1);
    await expect.poll(async () => (await mailsOf(slug)).some(({ comesBack }) => comesBack)).toBe(true);
    expect(await deeds(slug, "drift.stop")).toHaveLength(1);
    await repaired(slug, [path]);
    expect((await look(slug)).items).toEqual([]);
  }, 120_000);

  test("begins no more of them a day than it may", async () => {
    await settled(slug);
    await policy({ auth: "repair" }, 1);
    await plant();
    await lookOrWait(slug);
    await settled(slug);
    expect(items(await look(slug))).toEqual([path]);
    await policy({});
    await repaired(slug, [path]);
  }, 60_000);
});

describe("a look", () => {
  const slug = "d-community";

  test("that a provider does not answer forgets nothing and invents nothing", async () => {
    const { id } = await thing(slug, "repository");
    await atProvider("github", "PATCH", `/repos/${id}`, { private: false });
    const found = items(await look(slug));
    expect(found).toEqual(["repository.private"]);
    await cloud.fault({ provider: "github", kind: "503", times: 1_000 });
    const blind = await look(slug);
    await cloud.heal();
    expect(items(blind)).toEqual(found);
    expect(blind.problems.map(({ where }) => where)).toContain("repository");
    await repaired(slug, found);
    expect((await look(slug)).items).toEqual([]);
  }, 90_000);

  test("is due by itself, not while a run goes on, and not at what is paused", async () => {
    const { id } = await hub.runtime.instance(slug);
    const { store } = hub.hub;
    const makeDue = () =>
      store
        .updateTable("drift_looks")
        .set({ due_at: new Date(0) })
        .where("instance_id", "=", id)
        .execute();
    const dueAt = async () =>
      (
        await store
          .selectFrom("drift_looks")
          .select("due_at")
          .where("instance_id", "=", id)
          .executeTakeFirstOrThrow()
      ).due_at;
    await makeDue();
    await round();
    expect((await dueAt()).getTime()).toBeGreaterThan(Date.now());
    const pause = await operator().call("startRun", { params: { slug }, body: { kind: "pause" } });
    await hub.runtime.journal.wait(pause.id);
    await makeDue();
    await round();
    expect((await dueAt()).getTime()).toBe(0);
    expect(await refused(look(slug))).toMatchObject({ status: 422, field: "slug" });
    const resume = await operator().call("startRun", { params: { slug }, body: { kind: "resume" } });
    await hub.runtime.journal.wait(resume.id);
    await round();
    expect((await dueAt()).getTime()).toBeGreaterThan(Date.now());
  }, 60_000);
});

describe("the command line", () => {
  const slug = "d-shop";
  const atoll = atollIn(
    () => cloud.home,
    () => ({ DATABASE_URL: databaseUrl }),
  );

  test("lists what differs, looks when told, accepts, and says so by its exit code", async () => {
    const clean = await atoll("drift", "--check", "--blueprint", "shop");
    expect(clean.code).toBe(0);
    expect(clean.json()).toEqual({ items: [], unseen: [] });
    const { id } = await thing(slug, "repository");
    await atProvider("github", "PATCH", `/repos/${id}`, { private: false });
    expect((await atoll("drift", "--check", "--blueprint", "shop")).code).toBe(3);
    const listed = await atoll("drift", "--area", "repository");
    expect(listed.code).toBe(3);
    expect(listed.json()).toMatchObject({ items: [{ instance: slug, path: "repository.private" }] });
    expect((await atoll("drift", slug)).json()).toMatchObject({ slug, items: [{ step: "repository" }] });
    expect((await atoll("drift", "accept", slug, "repository.private")).json()).toMatchObject({
      items: [{ path: "repository.private", acceptedBy: expect.any(String) }],
    });
    expect((await atoll("drift", "--area", "repository")).code).toBe(0);
    expect((await atoll("drift", "accept", slug, "nothing.here")).code).toBe(2);
    expect((await atoll("drift", "--area", "nowhere")).code).toBe(2);
    expect((await atoll("drift", "unaccept", slug, "repository.private")).code).toBe(0);
    await repaired(slug, ["repository.private"]);
  }, 120_000);
});

test("nothing that is secret stands in the hub's database because of a look", async () => {
  expect(leaks({ database: await dumpSchema(databaseUrl, "atoll") }, { canary })).toEqual([]);
});
