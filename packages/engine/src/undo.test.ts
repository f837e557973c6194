import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, describe, expect, test } from "vitest";
import { startHarness, until } from "./testing/harness.ts";

const databases = { hub: await testDatabase(), cloud: await testDatabase() };
const hub = await startHarness(databases, { extra: { lostCreate: "ask-operator" } });
afterAll(() => hub.close());

const failing = ["project", "repository", "keys", "extra", "site"];
const full = { title: "A", extra: true };

describe("a first provisioning that fails", () => {
  test.each(failing)("at %s leaves nothing behind", async (step) => {
    const slug = `fails-${step}`;
    await hub.cloud.trouble({ name: `${slug}-${step}`, on: "create", does: "reject", times: -1 });
    const run = await hub.provision(slug, full);
    expect(run).toMatchObject({
      state: "undone",
      owed: [],
      fault: { kind: "rejected", next: expect.any(String) },
    });
    expect(await hub.standing(slug)).toEqual([]);
    expect(await hub.engine.resources(slug)).toEqual([]);
    expect(await hub.engine.find(slug)).toMatchObject({ state: "failed" });
  });

  test("at the mail leaves nothing behind, and the next try is a new run", async () => {
    await hub.cloud.trouble({ name: "welcome-post", on: "create", does: "reject", times: 1 });
    expect(await hub.provision("post", full)).toMatchObject({ state: "undone" });
    expect(await hub.standing("post")).toEqual([]);
    expect(await hub.provision("post", full)).toMatchObject({ state: "succeeded", number: 2 });
  });

  test("with a bug, not a fault, is undone too and says where", async () => {
    await hub.cloud.trouble({ name: "bug-site", on: "create", does: "bug", times: -1 });
    const run = await hub.provision("bug", full);
    expect(run).toMatchObject({
      state: "undone",
      fault: { kind: "rejected", next: expect.stringContaining("Retry") },
    });
    expect(await hub.standing("bug")).toEqual([]);
  });

  test("removes nothing that an earlier run or somebody else made", async () => {
    await hub.engine.register({ slug: "mixed", blueprint: "fake", answers: full });
    const instance = await hub.engine.find("mixed");
    await hub.cloud.plant("mixed-extra", instance?.id ?? "", { on: true });
    await hub.cloud.plant("mixed-site", "somebody", { theirs: true });
    const run = await hub.provision("mixed", full);
    expect(run).toMatchObject({ state: "undone", fault: { kind: "not-ours" } });
    expect(await hub.standing("mixed")).toEqual(["extra", "site"]);
    const things = await hub.cloud.inventory();
    expect(things.find(({ name }) => name === "mixed-site")?.props).toEqual({ theirs: true });
  });
});

test("twenty at once, each failing somewhere else, leave nothing behind", async () => {
  const slugs = Array.from({ length: 20 }, (_, index) => `many-${index}`);
  const steps = ["project", "repository", "keys", "extra", "site"];
  for (const [index, slug] of slugs.entries())
    await hub.cloud.trouble({ name: `${slug}-${steps[index % 5]}`, on: "create", does: "reject", times: -1 });
  const runs = await Promise.all(slugs.map((slug) => hub.provision(slug, full)));
  expect(runs.map((run) => ({ state: run.state, fault: run.fault?.kind }))).toEqual(
    slugs.map(() => ({ state: "undone", fault: "rejected" })),
  );
  for (const slug of slugs) expect(await hub.standing(slug)).toEqual([]);
});

describe("a compensation that fails", () => {
  test("stops none of the others, is shown, and can be retried", async () => {
    await hub.cloud.trouble({ name: "owed-site", on: "create", does: "reject", times: -1 });
    await hub.cloud.trouble({ name: "owed-repository", on: "remove", does: "reject", times: 1 });
    const run = await hub.provision("owed", full);
    expect(run).toMatchObject({
      state: "failed",
      owed: [{ step: "repository", fault: { kind: "rejected" } }],
    });
    expect(await hub.standing("owed")).toEqual(["repository"]);
    await hub.engine.retryUndo(run.id);
    expect(await hub.engine.wait(run.id)).toMatchObject({ state: "undone", owed: [] });
    expect(await hub.standing("owed")).toEqual([]);
    await expect(hub.engine.retryUndo(run.id)).rejects.toMatchObject({ kind: "rejected" });
  });

  test("with what lived in it: both go at the retry", async () => {
    await hub.cloud.trouble({ name: "parent-site", on: "create", does: "reject", times: -1 });
    await hub.cloud.trouble({ name: "parent-project", on: "remove", does: "reject", times: 1 });
    const run = await hub.provision("parent", full);
    expect(run.owed.map((each) => each.step)).toEqual(["project"]);
    expect(await hub.standing("parent")).toEqual(["keys", "project"]);
    await hub.engine.retryUndo(run.id);
    expect(await hub.engine.wait(run.id)).toMatchObject({ state: "undone" });
    expect(await hub.standing("parent")).toEqual([]);
  });
});

describe("retry", () => {
  test("goes on where a kept run stopped, and makes nothing twice", async () => {
    await hub.cloud.trouble({ name: "kept-site", on: "create", does: "reject", times: 1 });
    const failed = await hub.provision("kept", full, { keepOnFailure: true });
    expect(failed).toMatchObject({ state: "failed", owed: [] });
    expect(await hub.standing("kept")).toEqual(["extra", "keys", "project", "repository"]);
    await hub.engine.retry(failed.id);
    const run = await hub.engine.wait(failed.id);
    expect(run).toMatchObject({ state: "succeeded", attempt: 2, fault: undefined });
    const writes = await hub.writes("kept");
    expect(new Set(writes).size).toBe(writes.length);
  });

  test("an update that failed keeps everything and is retried", async () => {
    await hub.provision("later", full);
    await hub.cloud.trouble({ name: "later-repository", on: "update", does: "reject", times: 1 });
    const id = await hub.engine.submit("update", "later", {
      by: "test",
      answers: { title: "B", extra: true },
    });
    expect(await hub.engine.wait(id)).toMatchObject({ state: "failed" });
    expect(await hub.standing("later")).toHaveLength(5);
    await hub.engine.retry(id);
    expect(await hub.engine.wait(id)).toMatchObject({ state: "succeeded" });
    expect(await hub.engine.find("later")).toMatchObject({ state: "live", answers: { title: "B" } });
  });

  test("is refused for a run that succeeded", async () => {
    const run = await hub.provision("fine");
    await expect(hub.engine.retry(run.id)).rejects.toMatchObject({
      kind: "rejected",
      next: expect.any(String),
    });
  });

  test("a destroy that met trouble goes on", async () => {
    await hub.provision("stuck", full);
    await hub.cloud.trouble({ name: "stuck-site", on: "remove", does: "reject", times: 1 });
    const id = await hub.engine.submit("destroy", "stuck", { by: "test" });
    expect(await hub.engine.wait(id)).toMatchObject({ state: "failed", owed: [{ step: "site" }] });
    expect(await hub.standing("stuck")).toEqual(["site"]);
    await hub.engine.retry(id);
    expect(await hub.engine.wait(id)).toMatchObject({ state: "succeeded", owed: [] });
    expect(await hub.standing("stuck")).toEqual([]);
  });
});

describe("cancel", () => {
  test("in the middle of a first provisioning removes what it made", async () => {
    await hub.cloud.trouble({ name: "cancel-site", on: "create", does: "try-again", times: -1 });
    await hub.engine.register({ slug: "cancel", blueprint: "fake", answers: full });
    const id = await hub.engine.submit("provision", "cancel", { by: "test" });
    for await (const event of hub.engine.events(id, { follow: true }))
      if (event.type === "step-retrying") break;
    await hub.engine.cancel(id);
    expect(await hub.engine.wait(id)).toMatchObject({ state: "undone" });
    expect(await hub.standing("cancel")).toEqual([]);
  });

  test("of an update leaves everything, and the run can go on", async () => {
    await hub.provision("pause", full);
    await hub.cloud.trouble({ name: "pause-site", on: "observe", does: "try-again", times: 8 });
    const id = await hub.engine.submit("repair", "pause", { by: "test" });
    for await (const event of hub.engine.events(id, { follow: true }))
      if (event.type === "step-retrying") break;
    await hub.engine.cancel(id);
    expect(await hub.engine.wait(id)).toMatchObject({ state: "cancelled" });
    await hub.engine.retry(id);
    await until("the retry has ended", async () => (await hub.engine.run(id))?.state === "succeeded");
    expect(await hub.standing("pause")).toHaveLength(5);
  });
});

describe("a call whose answer was lost", () => {
  test("made the thing: exactly one, found by its name", async () => {
    await hub.cloud.trouble({ name: "lost-project", on: "create", does: "lose-answer", times: 1 });
    expect(await hub.provision("lost")).toMatchObject({ state: "succeeded" });
    expect((await hub.writes("lost")).filter((line) => line === "create project")).toHaveLength(1);
    const [project] = await hub.engine.resources("lost");
    expect(project).toMatchObject({ step: "project", origin: "created" });
  });

  test("did not make it: it is made once the grace is over", async () => {
    await hub.cloud.trouble({ name: "unmade-project", on: "create", does: "lose-call", times: 1 });
    expect(await hub.provision("unmade")).toMatchObject({ state: "succeeded" });
    expect((await hub.writes("unmade")).filter((line) => line === "create project")).toHaveLength(1);
  });

  test("and nobody can tell: a person is asked, and the retry makes it", async () => {
    await hub.cloud.trouble({ name: "ask-extra", on: "create", does: "lose-call", times: 1 });
    const asked = await hub.provision("ask", full, { keepOnFailure: true });
    expect(asked).toMatchObject({ state: "failed", fault: { what: expect.stringContaining("not known") } });
    await hub.engine.retry(asked.id);
    expect(await hub.engine.wait(asked.id)).toMatchObject({ state: "succeeded" });
  });

  test("is looked for by the undo, too", async () => {
    await hub.cloud.trouble({ name: "shadow-site", on: "create", does: "lose-answer", times: 1 });
    await hub.cloud.trouble({ name: "welcome-shadow", on: "create", does: "reject", times: -1 });
    expect(await hub.provision("shadow", full)).toMatchObject({ state: "undone" });
    expect(await hub.standing("shadow")).toEqual([]);
  });
});

describe("what a step may not do", () => {
  test("something under our name that is somebody else's stops the run and is not touched", async () => {
    await hub.cloud.plant("foreign-project", "somebody", { theirs: 1 });
    const run = await hub.provision("foreign");
    expect(run).toMatchObject({
      state: "undone",
      fault: { kind: "not-ours", what: expect.stringContaining("foreign-project") },
    });
    expect(await hub.standing("foreign")).toEqual(["project"]);
  });

  test("trouble that passes is waited out", async () => {
    await hub.cloud.trouble({ name: "passing-repository", on: "create", does: "try-again", times: 3 });
    const run = await hub.provision("passing");
    expect(run.state).toBe("succeeded");
    const events = await hub.story(run.id);
    expect(events.filter((event) => event.type === "step-retrying")).toHaveLength(3);
  });
});
