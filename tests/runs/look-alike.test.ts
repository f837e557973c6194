import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { businessOn, startHub, type TestHub } from "../support/hub.ts";
import { things } from "../support/things.ts";

const databaseUrl = await testDatabase();
let cloud: TestCloud;
let hub: TestHub;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  hub = await startHub(databaseUrl, await businessOn(cloud));
});
afterAll(async () => {
  await hub?.close();
  await cloud?.stop();
});

/** What somebody else made under the name that we would use; `step` is where the run has to stop. */
const alike: { step: string; plant(name: string): object }[] = [
  // Our own projects end in something random: a look-alike has the same name before it.
  { step: "project", plant: (name) => ({ provider: "supabase", name: name.replace(/-[a-z0-9]+$/, "") }) },
  { step: "repository", plant: (name) => ({ provider: "github", name }) },
  { step: "site", plant: (name) => ({ provider: "vercel", name }) },
  { step: "crm-workflow", plant: (name) => ({ provider: "n8n", name }) },
  { step: "backup", plant: (name) => ({ provider: "gitea", path: `${name}/README.md` }) },
];

test.each(alike)(
  "a $step of somebody else's under our name is neither taken nor removed",
  async (foreign) => {
    const { step } = foreign;
    const slug = `alike-${step}`;
    await hub.register(slug);
    const names = new Map((await hub.engine.plan(slug)).map((item) => [item.step, item.name]));
    await cloud.plant(foreign.plant(names.get(step) ?? ""));
    const before = await things(cloud);
    const words = { what: expect.any(String), next: expect.any(String) };

    // The plan says it beforehand, where it can be told beforehand.
    const planned = (await hub.engine.plan(slug)).find((item) => item.step === step);
    if (planned?.does !== "wait")
      expect(planned).toMatchObject({ does: "blocked", why: words.what, next: words.next });
    expect(await hub.provision(slug)).toMatchObject({
      state: "undone",
      owed: [],
      fault: { kind: "not-ours", ...words },
    });
    expect(await things(cloud)).toEqual(before);
  },
  60_000,
);
