import { testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { keepWorkers } from "../support/workers.ts";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
});
afterAll(() => cloud?.stop());

test("a worker that is killed at any point of an invitation leaves one account and one mail", async () => {
  const [url, deathsUrl] = [await testDatabase(), await testDatabase()];
  const deaths = new pg.Pool({ connectionString: deathsUrl, max: 2 });
  await deaths.query("create table deaths (run_id text, point text, step text)");
  const hub = await testHub(
    { ATOLL_HOME: cloud.home, DATABASE_URL: url, PATH: process.env.PATH },
    { worker: false },
  );
  const workers = await keepWorkers(
    {
      hub: url,
      cloud,
      deaths: deathsUrl,
      program: new URL("../support/operations-worker.ts", import.meta.url),
      env: { ATOLL_HOME: cloud.home },
    },
    1,
  );
  const mailsTo = async (email: string) =>
    (await (await fetch(`${cloud.url}/mailbox/api?search=${encodeURIComponent(email)}`)).json()) as unknown[];
  async function accountsOf(email: string): Promise<unknown[]> {
    const resources = await hub.runtime.journal.resources("killed");
    const ref = resources.find(({ kind }) => kind === "postgres.schema")?.id;
    const answer = await fetch(`${cloud.url}/supabase/v1/projects/${ref}/database/query`, {
      method: "POST",
      headers: { authorization: `Bearer ${cloud.tokens.supabase}`, "content-type": "application/json" },
      body: JSON.stringify({ query: `select 1 from auth.users where email = '${email}'` }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as unknown[]; // rows of the statement
  }
  try {
    const answers = { name: "Killed", slug: "killed", adminEmail: "owner@killed.example" };
    const made = await hub
      .as("operator")
      .call("createInstance", { body: { blueprint: "business", answers } });
    expect(await hub.runtime.journal.wait(made.id)).toMatchObject({ state: "succeeded" });
    const { id } = await hub.runtime.instance("killed");
    let number = 1;
    for (const step of ["account", "invitation"])
      for (const point of ["intent-committed", "applied-not-recorded", "recorded"]) {
        number += 1;
        await deaths.query("insert into deaths values ($1, $2, $3)", [`${id}-${number}`, point, step]);
        const email = `${step}-${point}@killed-people.example`;
        const input = { do: "invite", email, role: "member" };
        const run = await hub
          .as("operator")
          .call("startRun", { params: { slug: "killed" }, body: { kind: "team", input } });
        expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
        expect(await mailsTo(email), email).toHaveLength(1);
        expect(await accountsOf(email), email).toHaveLength(1);
      }
    expect(workers.deaths()).toBe(6);
  } finally {
    await workers.stop();
    await hub.stop();
    await deaths.end();
  }
}, 240_000);
