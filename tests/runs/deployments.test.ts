import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";

const databaseUrl = await testDatabase();
let cloud: TestCloud;
let hub: TestHub;
const env = () => ({ ATOLL_HOME: cloud.home, PATH: process.env.PATH });

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  hub = await testHub({ ...env(), DATABASE_URL: databaseUrl }, { worker: true });
  await Promise.all(["one", "two", "three", "four"].map((slug) => provision(hub, slug)));
}, 120_000);
afterAll(async () => {
  await hub?.stop();
  await cloud?.stop();
});

async function provision(on: TestHub, slug: string): Promise<void> {
  const answers = { name: slug, slug, adminEmail: `owner@${slug}.example` };
  const run = await on.as("operator").call("createInstance", { body: { blueprint: "business", answers } });
  expect(await on.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
}

async function run(slug: string, input: Record<string, unknown>) {
  const begun = await hub
    .as("operator")
    .call("startRun", { params: { slug }, body: { kind: "deploy", input } });
  const ended = await hub.runtime.journal.wait(begun.id);
  return { ...ended, faultOf: ended.steps.find(({ fault }) => fault)?.fault ?? ended.fault };
}

const list = async (slug: string) =>
  (await hub.as("viewer").call("listDeployments", { params: { slug } })).items;
const current = async (slug: string) => (await list(slug)).find(({ isCurrent }) => isCurrent);
const drift = async (slug: string) => (await hub.runtime.journal.drift(slug)).map(({ step }) => step);

const at = (provider: "github" | "vercel") => async (call: string, body?: object) => {
  const [method = "", path = ""] = call.split(" ");
  const answer = await fetch(`${cloud.url}/${provider}${path}`, {
    method,
    headers: { authorization: `Bearer ${cloud.tokens[provider]}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${call}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? undefined : await answer.json();
};

async function thing(slug: string, kind: string) {
  const found = (await hub.runtime.journal.resources(slug)).find((each) => each.kind === kind);
  if (found === undefined) throw new Error(`${slug} has no ${kind}.`);
  return found;
}
const repositoryOf = async (slug: string) =>
  ((await thing(slug, "github.repository")).attrs as { fullName: string }).fullName; // as its adapter gives it

/** Somebody's commit to a file; `sha` is looked up where it is there already. */
async function commit(repository: string, path: string, content: string): Promise<void> {
  const github = at("github");
  const there = await github(`GET /repos/${repository}/contents/${path}`).catch(() => undefined);
  await github(`PUT /repos/${repository}/contents/${path}`, {
    message: `Change ${path}`,
    content: Buffer.from(content).toString("base64"),
    ...(there && { sha: (there as { sha: string }).sha }),
  });
}

async function fileOf(repository: string, path: string, ref?: string): Promise<string> {
  const query = ref === undefined ? "" : `?ref=${encodeURIComponent(ref)}`;
  const file = (await at("github")(`GET /repos/${repository}/contents/${path}${query}`)) as {
    content: string;
  };
  return Buffer.from(file.content, "base64").toString("utf8");
}

describe("deployments of an instance", () => {
  test("redeployed, rolled back and promoted: visitors get what was said, and a rollback is no drift", async () => {
    const before = await current("one");
    expect(await run("one", { do: "redeploy" })).toMatchObject({ state: "succeeded" });
    const [newest, first] = await list("one");
    expect(newest).toMatchObject({ isCurrent: true, state: "ready" });
    expect(first).toMatchObject({ id: before?.id, isCurrent: false });

    const plan = await hub
      .as("operator")
      .call("planRun", { params: { slug: "one" }, body: { kind: "deploy", input: { do: "rollback" } } });
    expect(plan.items.map(({ does }) => does)).toContain("update");
    expect((await current("one"))?.id).toBe(newest?.id);

    expect(await run("one", { do: "rollback" })).toMatchObject({ state: "succeeded" });
    expect(await current("one")).toMatchObject({ id: first?.id, isKept: true });
    expect(await drift("one")).toEqual([]);
    const repair = await hub
      .as("operator")
      .call("startRun", { params: { slug: "one" }, body: { kind: "repair" } });
    expect(await hub.runtime.journal.wait(repair.id)).toMatchObject({ state: "succeeded" });
    expect((await current("one"))?.id).toBe(first?.id);
    // Somebody pushes: what was gone back to stays.
    await commit(await repositoryOf("one"), "notes.txt", "new");
    await expect.poll(async () => (await list("one"))[0]?.state).toBe("ready");
    expect((await current("one"))?.id).toBe(first?.id);
    expect(await drift("one")).toEqual([]);

    expect(await run("one", { do: "promote" })).toMatchObject({ state: "succeeded" });
    expect(await current("one")).toMatchObject({ id: (await list("one"))[0]?.id, isKept: false });
    expect(await drift("one")).toEqual([]);
  });

  test("one that its host refuses is taken back: visitors keep what they got", async () => {
    expect(await run("two", { do: "redeploy" })).toMatchObject({ state: "succeeded" });
    const [newest, first] = await list("two");
    const refused = run("two", { do: "rollback", deployment: "dpl_none" });
    await expect(refused).rejects.toMatchObject({ problem: { field: "deployment" } });
    expect((await current("two"))?.id).toBe(newest?.id);
    expect(first?.id).not.toBe(newest?.id);
    await cloud.fault({ provider: "vercel", method: "POST", path: "rollback", kind: "reject", times: 10 });
    expect(await run("two", { do: "rollback" })).toMatchObject({ state: "undone" });
    await cloud.heal();
    expect(await current("two")).toMatchObject({ id: newest?.id, isKept: false });
    expect(await drift("two")).toEqual([]);
  });

  test("a redeploy that does not answer gives visitors the earlier one again, and what is pushed next", async () => {
    const before = await current("four");
    const project = (await thing("four", "vercel.project")).id;
    const vercel = at("vercel");
    const named = async (value: string) => {
      const path = `projects/${project}/env`;
      const { envs } = (await vercel(`GET /v9/${path}?teamId=team_atoll`)) as {
        envs: { id: string; key: string }[];
      }; // as Vercel gives them
      const id = envs.find(({ key }) => key === "ATOLL_INSTANCE_ID")?.id;
      await vercel(`PATCH /v9/${path}/${id}?teamId=team_atoll`, { value });
    };
    await named("somebody-else");
    const begun = await hub
      .as("operator")
      .call("startRun", { params: { slug: "four" }, body: { kind: "deploy", input: { do: "redeploy" } } });
    await expect.poll(async () => (await current("four"))?.id, { timeout: 20_000 }).not.toBe(before?.id);
    await hub.as("operator").call("cancelRun", { params: { id: begun.id } });
    await expect
      .poll(async () => (await hub.runtime.journal.run(begun.id))?.state, { timeout: 20_000 })
      .toBe("undone");
    await named((await hub.runtime.journal.find("four"))?.id ?? "");
    // No choice of a person's: nothing is kept from visitors, and that the newest does not answer is no drift.
    expect(await current("four")).toMatchObject({ id: before?.id, isKept: false });
    const changes = (await hub.runtime.journal.drift("four")).flatMap((item) => item.changes);
    expect(changes.map(({ path }) => path)).not.toContain("published");
    await commit(await repositoryOf("four"), "notes.txt", "mended");
    await expect
      .poll(
        async () => {
          const [newest] = await list("four");
          return [newest?.state, newest?.isCurrent];
        },
        { timeout: 20_000 },
      )
      .toEqual(["ready", true]);
    expect(await drift("four")).toEqual([]);
  }, 60_000);

  test("what is no deed or no id is refused with its field", async () => {
    const field = (input: Record<string, unknown>) =>
      hub
        .as("operator")
        .call("startRun", { params: { slug: "one" }, body: { kind: "deploy", input } })
        .then(
          () => "begun",
          (error: { problem: { field?: string } }) => error.problem.field,
        );
    expect(await field({ do: "burn" })).toBe("do");
    expect(await field({ do: "rollback", deployment: "../../etc" })).toBe("deployment");
  });
});

describe("newer versions of the template", () => {
  const template = "atoll-templates/business-app";
  const update = async (body: object) => (await hub.as("operator").call("startTemplateUpdate", { body })).id;
  const shown = (id: string) => hub.as("viewer").call("showTemplateUpdate", { params: { id } });
  const targets = async (id: string) =>
    (await hub.as("viewer").call("listTemplateTargets", { params: { id }, query: {} })).items;
  const until = (id: string, state: string) =>
    expect.poll(async () => (await shown(id)).state, { timeout: 60_000, interval: 100 }).toBe(state);

  test("come as pull requests that keep the client's edits; merged by themselves, wave by wave", async () => {
    const [one, two] = [await repositoryOf("one"), await repositoryOf("two")];
    await commit(one, "client.txt", "the client's own");
    await commit(template, "docs/new.txt", "of the template");
    const plan = await hub.as("operator").call("planTemplateUpdate", { body: { slugs: ["one", "two"] } });
    expect(plan.items).toMatchObject([
      { instance: "one", isCurrent: false, taken: ["docs/new.txt"], conflicts: [] },
      { instance: "two", isCurrent: false, taken: ["docs/new.txt"] },
    ]);
    const id = await update({ slugs: ["one", "two"], canary: ["two"], merge: true });
    await until(id, "finished");
    for (const target of await targets(id))
      expect(target).toMatchObject({ state: "done", said: "is live", conflicts: [] });
    expect(await fileOf(one, "docs/new.txt")).toBe("of the template");
    expect(await fileOf(one, "client.txt")).toBe("the client's own");
    expect(await fileOf(two, "docs/new.txt")).toBe("of the template");
    const again = await update({ slugs: ["one"], merge: true });
    await until(again, "finished");
    expect(await targets(again)).toMatchObject([{ state: "done", said: "holds that version" }]);
  }, 120_000);

  test("a conflict waits for a person, also where the rest merges by itself; the update can be paused and stopped", async () => {
    const three = await repositoryOf("three");
    await commit(template, "settings.txt", "a: 1\n");
    await until(await update({ slugs: ["three"], merge: true }), "finished");
    await commit(three, "settings.txt", "a: client\n");
    await commit(template, "settings.txt", "a: template\n");
    const id = await update({ slugs: ["three"], merge: true });
    await expect
      .poll(async () => (await targets(id))[0], { timeout: 30_000 })
      .toMatchObject({ state: "waiting", conflicts: [{ path: "settings.txt" }], pull: { number: 2 } });
    expect(await fileOf(three, "settings.txt")).toBe("a: client\n");
    await expect(
      hub.as("operator").call("startTemplateUpdate", { body: { slugs: ["three"] } }),
    ).rejects.toMatchObject({ problem: { title: expect.stringContaining("under way") } });
    await hub.as("operator").call("pauseTemplateUpdate", { params: { id } });
    await until(id, "paused");
    await hub.as("operator").call("stopTemplateUpdate", { params: { id } });
    await until(id, "stopped");
  }, 120_000);

  test("at Netlify a pull request waits for its preview, too, before it is merged by itself", async () => {
    const slug = "netlify-one";
    const place = { city: "Lyon", mapCenter: "45.76, 4.83" };
    const answers = { name: slug, slug, adminEmail: `owner@${slug}.example`, ...place };
    const made = await hub
      .as("operator")
      .call("createInstance", { body: { blueprint: "community", answers } });
    expect(await hub.runtime.journal.wait(made.id)).toMatchObject({ state: "succeeded" });
    await commit(template, "docs/netlify.txt", "of the template");
    const id = await update({ slugs: [slug], merge: true });
    await until(id, "finished");
    expect(await targets(id)).toMatchObject([{ state: "done", said: "is live" }]);
    const site = (await thing(slug, "netlify.site")).id;
    const answer = await fetch(`${cloud.url}/netlify/api/v1/sites/${site}/deploys?deploy-previews=true`, {
      headers: { authorization: `Bearer ${cloud.tokens.netlify}` },
    });
    expect(await answer.json()).toMatchObject([{ context: "deploy-preview", state: "ready", review_id: 1 }]);
  }, 60_000);

  test("waves stop at the budget: nothing behind a canary that failed is begun", async () => {
    await commit(template, "docs/third.txt", "three");
    await cloud.fault({ provider: "github", method: "POST", path: "/pulls", kind: "reject", times: 20 });
    const id = await update({ slugs: ["one", "two", "four"], canary: ["four"], merge: true });
    await until(id, "stopped");
    await cloud.heal();
    expect((await shown(id)).why).toContain("canary failed");
    const all = await targets(id);
    expect(all.find(({ instance }) => instance === "four")).toMatchObject({ state: "failed" });
    expect(all.filter(({ instance }) => instance !== "four")).toMatchObject([
      { state: "pending" },
      { state: "pending" },
    ]);
    await hub.as("operator").call("resumeTemplateUpdate", { params: { id } });
    await until(id, "finished");
    expect((await targets(id)).every(({ state }) => state === "done")).toBe(true);
  }, 120_000);
});
