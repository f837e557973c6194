import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, expect, test } from "vitest";
import { dumpSchema } from "./testing/dump.ts";
import { startHarness } from "./testing/harness.ts";

const databases = { hub: await testDatabase(), cloud: await testDatabase() };
const hub = await startHarness(databases);
afterAll(() => hub.close());

/** Everything that an engine without work leaves alone: its lease beats, the rest stands still. */
async function whole(): Promise<string> {
  const url = databases.hub;
  const ours = await dumpSchema(url, "atoll");
  return `${ours.replace(/worker_lease\n.*\n?/, "")}\n${await dumpSchema(url, "dbos")}`;
}

test("plan, verify and drift write nothing, neither to the journal nor at a provider", async () => {
  await hub.provision("still");
  const spec = { slug: "not-there", blueprint: "fake", answers: { title: "A" } };
  const [journal, writes] = [await whole(), await hub.cloud.writes()];
  await hub.engine.plan("still");
  await hub.engine.plan(spec);
  await hub.engine.drift("still");
  await hub.engine.verify("still");
  expect(await whole()).toBe(journal);
  expect(await hub.cloud.writes()).toEqual(writes);
  await hub.provision("still"); // the dump would have shown a write
  expect(await whole()).not.toBe(journal);
});

test("an instance that nobody registered is planned: what comes after what, nothing invented", async () => {
  const items = await hub.engine.plan({ slug: "planned", blueprint: "fake", answers: { title: "A" } });
  expect(items).toMatchObject([
    { step: "project", does: "create", after: [], name: "planned-project" },
    { step: "repository", does: "create", after: [] },
    { step: "keys", does: "create", after: ["project"] },
    { step: "extra", does: "keep" },
    { step: "site", does: "create", after: ["keys", "repository"] },
    { step: "welcome", does: "send", after: ["site"] },
  ]);
  expect(await hub.engine.find("planned")).toBeUndefined();
});

test.each(["repository", "site"])("a %s in the way is seen before anything is made", async (step) => {
  await hub.cloud.plant(`blocked-${step}`, "somebody", {});
  const items = await hub.engine.plan({ slug: "blocked", blueprint: "fake", answers: { title: "A" } });
  const item = items.find((each) => each.step === step);
  expect(item).toMatchObject({ does: "blocked", why: expect.any(String), next: expect.any(String) });
});

test("a finished instance is kept, and one that is ill says what is wrong", async () => {
  await hub.provision("healthy");
  const healthy = await hub.engine.verify("healthy");
  expect(healthy.items.map((item) => item.does)).toEqual(Array(6).fill("keep"));
  expect(healthy.problems).toEqual([]);
  await hub.cloud.change("healthy-site", { sick: true });
  expect((await hub.engine.verify("healthy")).problems).toEqual([
    { step: "site", problem: "it does not answer" },
  ]);
});

test("wrong answers are named before anything is looked at", async () => {
  const reads = await hub.cloud.reads();
  const asked = hub.engine.plan({ slug: "wrong", blueprint: "fake", answers: { title: "" } });
  await expect(asked).rejects.toMatchObject({ field: "title" });
  expect(await hub.cloud.reads()).toBe(reads);
});

test("new answers of an instance that is there are planned before they are submitted", async () => {
  await hub.provision("changing");
  const items = await hub.engine.plan({
    slug: "changing",
    blueprint: "fake",
    answers: { title: "B", extra: true },
  });
  const does = Object.fromEntries(items.map((item) => [item.step, item.does]));
  expect(does).toEqual({
    project: "update",
    repository: "update",
    keys: "keep",
    extra: "create",
    site: "keep",
    welcome: "keep",
  });
  expect(await hub.engine.drift("changing")).toEqual([]); // the accepted ones still hold
});
