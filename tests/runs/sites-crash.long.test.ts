import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { keepWorkers } from "../support/workers.ts";

// `kill -9` of the only worker, at each point of the tasks of a site's domains and deployments.
let cloud: TestCloud;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
}, 120_000);
afterAll(() => cloud?.stop());

const points = ["intent-committed", "applied-not-recorded", "recorded"];

/** A hub without a worker, with an instance, and a worker that dies where `deaths` says. */
async function scene(slug: string, work: (at: Scene) => Promise<void>): Promise<void> {
  const [url, deathsUrl] = [await testDatabase(), await testDatabase()];
  const deaths = new pg.Pool({ connectionString: deathsUrl, max: 2 });
  await deaths.query("create table deaths (run_id text, point text, step text)");
  const env = { ATOLL_HOME: cloud.home, PATH: process.env.PATH, ATOLL_DOMAIN_EVERY_SECONDS: "0" };
  const hub = await testHub({ ...env, DATABASE_URL: url }, { worker: false });
  const program = new URL("../support/operations-worker.ts", import.meta.url);
  const workers = await keepWorkers(
    { hub: url, cloud, deaths: deathsUrl, program, env: { ATOLL_HOME: cloud.home } },
    1,
  );
  let number = 1;
  let killed = 0;
  try {
    const answers = { name: slug, slug, adminEmail: `owner@${slug}.example` };
    const made = await hub
      .as("operator")
      .call("createInstance", { body: { blueprint: "business", answers } });
    expect(await hub.runtime.journal.wait(made.id)).toMatchObject({ state: "succeeded" });
    const { id } = await hub.runtime.instance(slug);
    await work({
      hub,
      async survives(kind, input, point, steps) {
        number += 1;
        for (const step of steps)
          await deaths.query("insert into deaths values ($1, $2, $3)", [`${id}-${number}`, point, step]);
        killed += steps.length;
        const begun = await hub.as("operator").call("startRun", { params: { slug }, body: { kind, input } });
        const ended = await hub.runtime.journal.wait(begun.id);
        expect(ended, `${point} ${JSON.stringify(ended.fault)}`).toMatchObject({ state: "succeeded" });
      },
    });
    expect(workers.deaths()).toBe(killed);
  } finally {
    await workers.stop();
    await hub.stop();
    await deaths.end();
  }
}

interface Scene {
  hub: TestHub;
  /** Does an operation whose worker is killed at a point of each of these tasks. */
  survives(
    kind: "domain" | "deploy",
    input: Record<string, unknown>,
    point: string,
    steps: readonly string[],
  ): Promise<void>;
}

test("a domain is added and removed whole", async () => {
  await scene("named", async ({ survives }) => {
    for (const point of points) {
      const domain = `${point}.named.example`;
      const isThere = async () => JSON.stringify(await cloud.inventory()).includes(domain);
      await survives("domain", { do: "add", domain }, point, ["name", "host", "dns-records"]);
      expect(await isThere(), point).toBe(true);
      await survives("domain", { do: "remove", domain }, point, ["host", "name"]);
      expect(await isThere(), point).toBe(false);
    }
  });
}, 480_000);

test("a deployment is built once, and visitors get what was said", async () => {
  await scene("built", async ({ hub, survives }) => {
    const list = async () =>
      (await hub.as("viewer").call("listDeployments", { params: { slug: "built" } })).items;
    let count = (await list()).length;
    for (const point of points)
      for (const [deed, step] of [
        ["redeploy", "build"],
        ["rollback", "deployment"],
        ["promote", "deployment"],
      ] as const) {
        await survives("deploy", { do: deed }, point, [step]);
        if (deed === "redeploy") count += 1;
        const items = await list();
        expect(items, `${deed} ${point}`).toHaveLength(count);
        const wanted = deed === "rollback" ? items[1] : items[0];
        expect(items.find(({ isCurrent }) => isCurrent)?.id, `${deed} ${point}`).toBe(wanted?.id);
      }
  });
}, 480_000);
