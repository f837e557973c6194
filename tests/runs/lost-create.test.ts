import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { businessOn, startHub, type TestHub } from "../support/hub.ts";
import { sizes, things } from "../support/things.ts";

const databaseUrl = await testDatabase();
let cloud: TestCloud;
let hub: TestHub;
let one: Record<string, number>;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  // Through the pooler every migration needs the database password: a project with another one would show.
  hub = await startHub(databaseUrl, await businessOn(cloud, { SUPABASE_CONNECTION: "pooler" }));
});
afterAll(async () => {
  await hub?.close();
  await cloud?.stop();
});
beforeEach(() => cloud.heal());

const creates = [
  { provider: "supabase", method: "POST", path: "/v1/projects" },
  { provider: "github", method: "POST", path: "*/generate" },
  { provider: "github", method: "PUT", path: "/contents/" },
  { provider: "vercel", method: "POST", path: "*/projects" },
  { provider: "vercel", method: "POST", path: "/env" },
  { provider: "vercel", method: "POST", path: "/deployments" },
  { provider: "supabase", method: "POST", path: "/admin/users" },
  { provider: "n8n", method: "POST", path: "*/workflows" },
  { provider: "n8n", method: "POST", path: "*/credentials" },
  { provider: "gitea", method: "POST", path: "/contents" },
  { provider: "resend", method: "POST", path: "/emails" },
];

test("a calm run is the measure", async () => {
  const before = sizes(await cloud.inventory());
  expect(await hub.provision("calm")).toMatchObject({ state: "succeeded" });
  const after = sizes(await cloud.inventory());
  one = Object.fromEntries(Object.entries(after).map(([path, count]) => [path, count - (before[path] ?? 0)]));
  expect(one).toMatchObject({ "supabase.projects": 1, "github.repositories": 1, "vercel.projects": 1 });
});

test.each(creates)(
  "$provider does $method $path, then drops the connection: one of each thing",
  async (call) => {
    const slug = `lost-${creates.indexOf(call)}`;
    const before = sizes(await cloud.inventory());
    await cloud.clearLog();
    await cloud.fault({ ...call, kind: "lose-answer", times: 1 });
    expect(await hub.provision(slug)).toMatchObject({ state: "succeeded", owed: [] });
    const lost = (await cloud.log({ provider: call.provider })).filter((each) => each.status === 0);
    expect(lost, "the answer was lost").toHaveLength(1);
    const after = sizes(await cloud.inventory());
    expect(
      Object.fromEntries(Object.entries(after).map(([path, count]) => [path, count - (before[path] ?? 0)])),
    ).toEqual(one);
    expect(await hub.engine.drift(slug)).toEqual([]);
  },
  60_000,
);

test("a create whose answer was lost is undone with everything else", async () => {
  const before = await things(cloud);
  await cloud.fault({
    provider: "vercel",
    method: "POST",
    path: "*/projects",
    kind: "lose-answer",
    times: 1,
  });
  await cloud.fault({ provider: "resend", method: "POST", path: "/emails", kind: "reject" });
  expect(await hub.provision("lost-undone")).toMatchObject({ state: "undone", owed: [] });
  expect(await things(cloud)).toEqual(before);
}, 60_000);
