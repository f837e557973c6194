import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, expect, test } from "vitest";
import { startHarness } from "./testing/harness.ts";

const databases = { hub: await testDatabase(), cloud: await testDatabase() };
const hub = await startHarness(
  databases,
  {
    repository: { holdsData: "title", hidden: 0 },
    extra: { ignores: "on", graceMs: 5_000 },
    site: { replaces: "repository" },
  },
  { timeScale: 10 },
);
afterAll(() => hub.close());

test("a change that would lose data stops and asks; nothing is written", async () => {
  await hub.provision("data");
  const before = await hub.writes("data");
  const id = await hub.engine.submit("update", "data", { by: "test", answers: { title: "B" } });
  const run = await hub.engine.wait(id);
  expect(run).toMatchObject({
    state: "failed",
    fault: { field: "title", what: expect.stringContaining("lose its data") },
  });
  expect((await hub.writes("data")).filter((line) => line.includes("repository"))).toEqual(
    before.filter((line) => line.includes("repository")),
  );
  const plan = await hub.engine.plan("data");
  expect(plan.find((item) => item.step === "repository")?.does).toBe("keep"); // the last accepted inputs still hold
});

test("what still differs after it was set is named by its path", async () => {
  await hub.cloud.plant("deaf-extra", "unset", { on: false });
  await hub.engine.register({ slug: "deaf", blueprint: "fake", answers: { title: "A", extra: true } });
  const instance = await hub.engine.find("deaf");
  await hub.cloud.give("deaf-extra", instance?.id ?? "");
  const run = await hub.provision("deaf");
  expect(run).toMatchObject({
    state: "undone",
    fault: { what: expect.stringContaining("did not converge: on") },
  });
});

test("what cannot change in place and holds no data is replaced", async () => {
  await hub.provision("fresh");
  await hub.cloud.change("fresh-site", { repository: "another" });
  expect(await hub.engine.drift("fresh")).toMatchObject([
    { step: "site", does: "replace" },
    { step: "welcome", does: "send", after: ["site"] }, // what the new site will be called is not known yet
  ]);
  const run = await hub.engine.wait(await hub.engine.submit("repair", "fresh", { by: "test" }));
  expect(run).toMatchObject({ state: "succeeded" });
  const writes = await hub.writes("fresh");
  expect(writes.slice(-2)).toEqual(["remove site", "create site"]);
  expect(await hub.engine.drift("fresh")).toEqual([]);
});
