import { Secret } from "@atoll/core/secret";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, describe, expect, test } from "vitest";
import { openJournal } from "./journal.ts";
import { fakeBlueprint } from "./testing/fake-blueprint.ts";
import { startHarness, testKey } from "./testing/harness.ts";

const databases = { hub: await testDatabase(), cloud: await testDatabase() };
const hub = await startHarness(databases);
afterAll(() => hub.close());

describe("provision", () => {
  test("makes each thing once, in the order of needs, side by side where it can", async () => {
    const run = await hub.provision("overlap");
    expect(run).toMatchObject({ state: "succeeded", number: 1, owed: [] });
    const events = await hub.story(run.id);
    const at = (type: string, step: string) =>
      events.findIndex((e) => e.type === type && "step" in e && e.step === step);
    expect(at("step-started", "repository")).toBeLessThan(at("step-done", "project"));
    expect(at("step-started", "keys")).toBeGreaterThan(at("step-done", "project"));
    expect(at("step-started", "site")).toBeGreaterThan(
      Math.max(at("step-done", "keys"), at("step-done", "repository")),
    );
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.at(-1)).toMatchObject({ type: "run", state: "succeeded" });
    expect(await hub.engine.find("overlap")).toMatchObject({
      state: "live",
      url: expect.stringContaining("http"),
    });
    expect((await hub.writes("overlap")).sort()).toEqual([
      "create keys",
      "create project",
      "create repository",
      "create site",
    ]);
  });

  test("again on a finished instance writes nothing and repeats no action", async () => {
    await hub.provision("again");
    const before = await hub.writes("again");
    const run = await hub.provision("again");
    expect(run).toMatchObject({ state: "succeeded", number: 2 });
    expect(run.steps.map((step) => step.did)).toEqual(["kept", "kept", "kept", "skipped", "kept", "kept"]);
    expect(await hub.writes("again")).toEqual(before);
    expect((await hub.cloud.sent()).filter(({ key }) => key === "welcome-again")).toMatchObject([
      { times: 1 },
    ]);
  });

  test("submitting while a run is under way gives that run, from whichever journal", async () => {
    const other = await openJournal({
      databaseUrl: databases.hub,
      blueprints: [fakeBlueprint(hub.cloud)],
      key: testKey,
    });
    try {
      const spec = { slug: "twice", blueprint: "fake", answers: { title: "A" } };
      const registered = await Promise.all([hub.engine.register(spec), other.register(spec)]);
      expect(registered[0].id).toBe(registered[1].id);
      const journals = [hub.engine, other, hub.engine, other];
      const ids = await Promise.all(
        journals.map((each) => each.submit("provision", "twice", { by: "test" })),
      );
      expect(new Set(ids).size).toBe(1);
      const runs = await Promise.all(journals.map((each, index) => each.wait(ids[index] ?? "")));
      expect(runs.map((run) => run.state)).toEqual(journals.map(() => "succeeded"));
      expect(await hub.engine.runs("twice")).toHaveLength(1);
      expect(await hub.writes("twice")).toHaveLength(4);
    } finally {
      await other.close();
    }
  });

  test("hands secrets on as handles, the recorded password among them", async () => {
    await hub.provision("handles", { title: "A", token: "canary-token" });
    const [project] = await hub.engine.resources("handles");
    expect(project?.attrs).toMatchObject({ key: expect.any(Secret) });
    const instance = await hub.engine.find("handles");
    expect(instance?.answers).toMatchObject({ title: "A", token: expect.any(Secret) });
  });
});

describe("register", () => {
  test.each([
    ["", "slug"],
    ["../etc", "slug"],
    ["x".repeat(300), "slug"],
    ["admin", "slug"],
    ["a'; drop table", "slug"],
  ])("refuses the slug %j before anything is recorded", async (slug, field) => {
    const asked = hub.engine.register({ slug, blueprint: "fake", answers: { title: "A" } });
    await expect(asked).rejects.toMatchObject({ kind: "rejected", field });
  });

  test("names the answer that is wrong, and an unknown blueprint", async () => {
    const noTitle = hub.engine.register({ slug: "no-title", blueprint: "fake", answers: {} });
    await expect(noTitle).rejects.toMatchObject({ field: "title" });
    const unknown = hub.engine.register({ slug: "no-title", blueprint: "nope", answers: {} });
    await expect(unknown).rejects.toMatchObject({ field: "blueprint" });
    expect(await hub.engine.find("no-title")).toBeUndefined();
  });
});

describe("update and repair", () => {
  test("new answers are applied, and accepted when all is done", async () => {
    await hub.provision("update");
    const id = await hub.engine.submit("update", "update", {
      by: "test",
      answers: { title: "B", extra: true },
    });
    const run = await hub.engine.wait(id);
    expect(run.state).toBe("succeeded");
    const did = Object.fromEntries(run.steps.map((step) => [step.step, step.did]));
    expect(did).toMatchObject({ project: "updated", repository: "updated", keys: "kept", extra: "created" });
    expect((await hub.engine.find("update"))?.answers).toMatchObject({ title: "B" });
    expect(await hub.engine.drift("update")).toEqual([]);
  });

  test("a thing that is wanted no longer goes", async () => {
    await hub.provision("unwanted", { title: "A", extra: true });
    expect(await hub.standing("unwanted")).toContain("extra");
    const id = await hub.engine.submit("update", "unwanted", {
      by: "test",
      answers: { title: "A", extra: false },
    });
    const run = await hub.engine.wait(id);
    expect(run.steps.find((step) => step.step === "extra")).toMatchObject({ did: "removed" });
    expect(await hub.standing("unwanted")).toEqual(["keys", "project", "repository", "site"]);
  });

  test("a repair of one step touches what needs it, and nothing else", async () => {
    await hub.provision("part");
    await hub.cloud.change("part-project", { title: "vandal" });
    await hub.cloud.change("part-repository", { title: "vandal" });
    await hub.cloud.change("part-site", { key: "vandal" });
    const before = await hub.writes("part");
    const part = (only: string[]) => hub.engine.submit("repair", "part", { by: "test", only });
    const run = await hub.engine.wait(await part(["repository"]));
    expect(run).toMatchObject({ state: "succeeded", input: { only: ["repository"] } });
    expect(run.steps.map(({ step }) => step)).toEqual(["repository", "site", "welcome"]);
    expect((await hub.writes("part")).length - before.length).toBe(2);
    expect((await hub.engine.drift("part")).map(({ step }) => step)).toEqual(["project"]);
    await expect(part(["cellar"])).rejects.toMatchObject({ field: "only" });
    await expect(part([])).rejects.toMatchObject({ field: "only" });
    expect(await hub.engine.wait(await hub.engine.submit("repair", "part", { by: "test" }))).toMatchObject({
      state: "succeeded",
    });
    expect(await hub.engine.drift("part")).toEqual([]);
  });

  test("a part of what is not live is not repaired, since it would be called live", async () => {
    await hub.provision("limping");
    await hub.cloud.trouble({ name: "limping-repository", on: "update", does: "reject", times: -1 });
    await hub.cloud.change("limping-repository", { title: "vandal" });
    const submit = (only?: string[]) =>
      hub.engine.submit("repair", "limping", { by: "test", ...(only && { only }) });
    expect(await hub.engine.wait(await submit())).toMatchObject({ state: "failed" });
    await expect(submit(["project"])).rejects.toMatchObject({
      what: expect.stringContaining("is failed"),
      field: "only",
    });
    await hub.cloud.calm();
  });

  test("repair clears drift and leaves alone what we never set", async () => {
    await hub.provision("repair");
    await hub.cloud.change("repair-repository", { title: "vandal", colour: "red" });
    const drift = await hub.engine.drift("repair");
    expect(drift).toMatchObject([
      { step: "repository", does: "update", changes: [{ path: "title", from: "vandal", to: "A" }] },
    ]);
    await hub.engine.wait(await hub.engine.submit("repair", "repair", { by: "test" }));
    expect(await hub.engine.drift("repair")).toEqual([]);
    const things = await hub.cloud.inventory();
    expect(things.find(({ name }) => name === "repair-repository")?.props).toEqual({
      title: "A",
      colour: "red",
    });
  });

  test("a thing that was deleted behind our back, and what lived in it, is made again", async () => {
    await hub.provision("deleted");
    const project = (await hub.cloud.inventory()).find(({ name }) => name === "deleted-project");
    await hub.cloud.remove(project?.id ?? "");
    const run = await hub.engine.wait(await hub.engine.submit("repair", "deleted", { by: "test" }));
    expect(run).toMatchObject({ state: "succeeded" });
    expect(await hub.standing("deleted")).toEqual(["keys", "project", "repository", "site"]);
  });
});

describe("destroy", () => {
  test("removes all that was made, and keeps the slug reserved", async () => {
    await hub.provision("gone", { title: "A", extra: true });
    const run = await hub.engine.wait(await hub.engine.submit("destroy", "gone", { by: "test" }));
    expect(run).toMatchObject({ state: "succeeded", owed: [] });
    expect(await hub.standing("gone")).toEqual([]);
    expect(await hub.engine.resources("gone")).toEqual([]);
    expect(await hub.engine.find("gone")).toMatchObject({ state: "removed" });
    // The keys ended with their project: nobody removed them on their own.
    expect(await hub.writes("gone")).not.toContain("remove keys");
    const again = hub.engine.register({ slug: "gone", blueprint: "fake", answers: { title: "A" } });
    await expect(again).rejects.toMatchObject({ field: "slug" });
    const twice = hub.engine.submit("destroy", "gone", { by: "test" });
    await expect(twice).rejects.toMatchObject({ kind: "rejected", next: expect.any(String) });
  });

  test("leaves alone what was there before us", async () => {
    await hub.engine.register({ slug: "adopted", blueprint: "fake", answers: { title: "A" } });
    const instance = await hub.engine.find("adopted");
    await hub.cloud.plant("adopted-repository", instance?.id ?? "", { title: "A" });
    await hub.provision("adopted");
    expect((await hub.engine.resources("adopted")).find((each) => each.step === "repository")).toMatchObject({
      origin: "adopted",
      brought: false,
    });
    await hub.engine.wait(await hub.engine.submit("destroy", "adopted", { by: "test" }));
    expect(await hub.standing("adopted")).toEqual(["repository"]);
  });
});
