import { Fault } from "@atoll/core/fault";
import type { Operation, Task } from "@atoll/core/operation";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, describe, expect, test } from "vitest";
import { startHarness, until } from "./testing/harness.ts";

/** Switches somewhere outside, and what was done to them. */
const world = new Map<string, boolean>();
const log: string[] = [];
/** Tasks that fail by `SLUG/TASK`. */
const failing = new Set<string>();
let hold: Promise<void> | undefined;
/** Looks that fail may pass. */
let busy = false;

const switchTask = (slug: string, step: string, needs: string[], on: boolean): Task => ({
  step,
  kind: "test.switch",
  name: `${slug}/${step}`,
  needs,
  async look() {
    if (failing.has(`look ${slug}/${step}`))
      throw new Fault(busy ? "try-again" : "rejected", {
        what: `There is no ${step}.`,
        next: "Build one.",
        field: "step",
      });
    return world.get(`${slug}/${step}`) === on
      ? { is: "done", note: { seen: on } }
      : { is: "todo", does: "update", says: `turns ${step} ${on ? "on" : "off"}` };
  },
  async act() {
    await hold;
    if (failing.has(`${slug}/${step}`))
      throw new Fault("rejected", { what: `${step} is stuck.`, next: "Oil it." });
    log.push(`${slug}/${step} ${on}`);
    world.set(`${slug}/${step}`, on);
  },
  async undo() {
    if (failing.has(`undo ${slug}/${step}`))
      throw new Fault("rejected", { what: `${step} cannot go back.`, next: "Look at it." });
    log.push(`${slug}/${step} back`);
    world.set(`${slug}/${step}`, !on);
  },
});

const operation = (kind: "pause" | "resume" | "deploy", on: boolean): Operation => ({
  kind,
  from: kind === "resume" ? ["paused", "failed"] : ["live", "failed"],
  to: kind === "pause" ? "paused" : "live",
  ...(kind === "resume" && { settles: ["pause"] }),
  input(given) {
    const { why } = given as { why?: unknown };
    if (why !== undefined && typeof why !== "string")
      throw new Fault("rejected", { what: "The reason is no text.", next: "Type one.", field: "why" });
    return { ...(why !== undefined && { why }) };
  },
  tasks: async ({ instance: { slug } }) => {
    if (failing.has(`list ${slug}`))
      throw new Fault("rejected", { what: "The list is lost.", next: "Find it." });
    return tasksOf(slug, on);
  },
});

const tasksOf = (slug: string, on: boolean) => [
  switchTask(slug, "door", [], on),
  switchTask(slug, "light", ["door"], on),
  switchTask(slug, "bell", ["light"], on),
];

const hub = await startHarness(
  { hub: await testDatabase(), cloud: await testDatabase() },
  {},
  { operations: [operation("pause", false), operation("resume", true), operation("deploy", false)] },
);
afterAll(() => hub.close());

async function live(slug: string): Promise<void> {
  expect(await hub.provision(slug)).toMatchObject({ state: "succeeded" });
  for (const step of ["door", "light", "bell"]) world.set(`${slug}/${step}`, true);
}
const run = async (kind: "pause" | "resume" | "deploy", slug: string, input = {}) =>
  hub.engine.wait(await hub.engine.submit(kind, slug, { by: "test", input }));
const stateOf = async (slug: string) => (await hub.engine.find(slug))?.state;

describe("an operation", () => {
  test("does its tasks in order, keeps their notes, and moves the instance at its end", async () => {
    await live("well");
    const ended = await run("pause", "well", { why: "holidays" });
    expect(ended).toMatchObject({ state: "succeeded", kind: "pause", input: { why: "holidays" } });
    expect(log.filter((line) => line.startsWith("well/"))).toEqual([
      "well/door false",
      "well/light false",
      "well/bell false",
    ]);
    expect(ended.steps).toMatchObject([
      { step: "door", state: "done", did: "updated", note: { seen: false }, needs: [] },
      { step: "light", state: "done", needs: ["door"] },
      { step: "bell", state: "done", needs: ["light"] },
    ]);
    expect(await stateOf("well")).toBe("paused");
    expect(await run("resume", "well")).toMatchObject({ state: "succeeded" });
    expect(await stateOf("well")).toBe("live");
  });

  test("is refused from another state, with another input while one goes on, and with a wrong input", async () => {
    await live("refused");
    await expect(hub.engine.submit("resume", "refused", { by: "test" })).rejects.toMatchObject({
      what: expect.stringContaining("is live"),
    });
    await expect(
      hub.engine.submit("pause", "refused", { by: "test", input: { why: 1 } }),
    ).rejects.toMatchObject({ field: "why" });
    await expect(hub.engine.submit("backup", "refused", { by: "test" })).rejects.toMatchObject({
      field: "kind",
    });
    const held = Promise.withResolvers<void>();
    hold = held.promise;
    try {
      const first = await hub.engine.submit("pause", "refused", { by: "test", input: { why: "a" } });
      expect(await hub.engine.submit("pause", "refused", { by: "test", input: { why: "a" } })).toBe(first);
      await expect(
        hub.engine.submit("pause", "refused", { by: "test", input: { why: "b" } }),
      ).rejects.toMatchObject({ what: expect.stringContaining("under way") });
    } finally {
      held.resolve();
      hold = undefined;
    }
  });

  test("that fails takes back what was begun, in reverse, and leaves the instance as it was", async () => {
    await live("fails");
    failing.add("fails/bell");
    const ended = await run("pause", "fails");
    expect(ended).toMatchObject({ state: "undone", fault: { what: "bell is stuck." }, owed: [] });
    expect(log.filter((line) => line.startsWith("fails/"))).toEqual([
      "fails/door false",
      "fails/light false",
      "fails/bell back",
      "fails/light back",
      "fails/door back",
    ]);
    expect(await stateOf("fails")).toBe("live");
    expect(await hub.engine.drift("fails")).toEqual([]);
  });

  test("whose compensation fails owes it, says so, and can be put right", async () => {
    await live("owes");
    failing.add("owes/bell").add("undo owes/light");
    const ended = await run("pause", "owes");
    expect(ended).toMatchObject({ state: "failed", owed: [{ step: "light" }] });
    expect(log).toContain("owes/door back");
    expect(await stateOf("owes")).toBe("failed");
    // A repair would call it live, with its light off.
    await expect(hub.engine.submit("repair", "owes", { by: "test" })).rejects.toMatchObject({
      what: expect.stringContaining("light could not be taken back"),
    });
    failing.delete("undo owes/light");
    await hub.engine.retryUndo(ended.id);
    expect(await hub.engine.wait(ended.id)).toMatchObject({ state: "undone", owed: [] });
    expect(await stateOf("owes")).toBe("live");
  });

  test("that is cancelled takes back what it did", async () => {
    await live("cancelled");
    const held = Promise.withResolvers<void>();
    hold = held.promise;
    const id = await hub.engine.submit("pause", "cancelled", { by: "test" });
    await until("it acts", async () => (await hub.story(id)).some((each) => each.type === "step-applying"));
    const cancelled = hub.engine.cancel(id);
    held.resolve();
    hold = undefined;
    await cancelled;
    expect(await hub.engine.wait(id)).toMatchObject({ kind: "pause" });
    await until("it is undone", async () => (await hub.engine.run(id))?.state === "undone");
    expect(["door", "light", "bell"].map((step) => world.get(`cancelled/${step}`))).toEqual([
      true,
      true,
      true,
    ]);
    expect(await stateOf("cancelled")).toBe("live");
  });

  test("is planned by looks, and nothing is written", async () => {
    await live("planned");
    const before = log.length;
    expect(await hub.engine.planOperation("pause", "planned")).toMatchObject([
      { step: "door", does: "update", why: "turns door off", after: [] },
      { step: "light", does: "update", after: ["door"] },
      { step: "bell", does: "update", after: ["light"] },
    ]);
    expect(log.length).toBe(before);
    expect(await hub.engine.runs("planned")).toHaveLength(1);
  });
});

describe("a look that refuses", () => {
  const submit = (slug: string) => hub.engine.submit("pause", slug, { by: "test", looksFirst: true });

  test("refuses the run before it is begun, by the field", async () => {
    await live("blocked");
    failing.add("look blocked/light");
    await expect(submit("blocked")).rejects.toMatchObject({
      what: "There is no light.",
      next: "Build one.",
      field: "step",
    });
    expect(await hub.engine.runs("blocked")).toHaveLength(1);
    // Whoever does not ask for it begins a run, as one does when it comes to that only after the look.
    expect(await run("pause", "blocked")).toMatchObject({ state: "undone", fault: { field: "step" } });
    failing.delete("look blocked/light");
    expect(await hub.engine.wait(await submit("blocked"))).toMatchObject({ state: "succeeded" });
  });

  test("refuses nothing that may pass, and nobody who joins a run that is under way", async () => {
    await live("passing");
    failing.add("look passing/door");
    busy = true;
    const held = Promise.withResolvers<void>();
    hold = held.promise;
    try {
      const id = await submit("passing");
      failing.delete("look passing/door");
      await until("it acts", async () => (await hub.story(id)).some((each) => each.type === "step-applying"));
      busy = false;
      failing.add("look passing/bell");
      expect(await submit("passing")).toBe(id);
      failing.delete("look passing/bell");
      held.resolve();
      expect(await hub.engine.wait(id)).toMatchObject({ state: "succeeded" });
    } finally {
      busy = false;
      held.resolve();
      hold = undefined;
    }
  });
});

describe("what stands in the way", () => {
  test("of a task list ends the run, and the next one is not held up", async () => {
    await live("listless");
    failing.add("list listless");
    const stopped = await run("pause", "listless");
    expect(stopped).toMatchObject({ state: "failed", fault: { what: "The list is lost." } });
    expect(await stateOf("listless")).toBe("live");
    failing.delete("list listless");
    expect(await run("pause", "listless")).toMatchObject({ state: "succeeded" });
  });

  test("what an operation owes is hidden by no other run", async () => {
    await live("indebted");
    failing.add("indebted/bell").add("undo indebted/light");
    const owing = await run("pause", "indebted");
    expect(owing).toMatchObject({ state: "failed", owed: [{ step: "light" }] });
    for (const kind of ["repair", "update"] as const)
      await expect(hub.engine.submit(kind, "indebted", { by: "test" })).rejects.toMatchObject({
        what: expect.stringContaining("light could not be taken back"),
      });
    failing.delete("indebted/bell");
    failing.delete("undo indebted/light");
    await hub.engine.retryUndo(owing.id);
    expect(await hub.engine.wait(owing.id)).toMatchObject({ state: "undone" });
    expect(
      await hub.engine.wait(await hub.engine.submit("repair", "indebted", { by: "test" })),
    ).toMatchObject({
      state: "succeeded",
    });
  });
});

describe("what an operation owes", () => {
  test("is settled by those that say so, and hidden by no other operation", async () => {
    await live("settled");
    failing.add("settled/bell").add("undo settled/light");
    expect(await run("pause", "settled")).toMatchObject({ state: "failed", owed: [{ step: "light" }] });
    await expect(hub.engine.submit("deploy", "settled", { by: "test" })).rejects.toMatchObject({
      what: expect.stringContaining("a deploy does not see to that"),
      next: "Retry its undo, or resume the instance, then ask again.",
    });
    failing.delete("settled/bell");
    expect(await run("resume", "settled")).toMatchObject({ state: "succeeded" });
    expect(await run("deploy", "settled")).toMatchObject({ state: "succeeded" });
    // What the other one owes is none of its business.
    failing.add("settled/bell");
    for (const step of ["door", "light", "bell"]) world.set(`settled/${step}`, true);
    expect(await run("deploy", "settled")).toMatchObject({ state: "failed", owed: [{ step: "light" }] });
    await expect(hub.engine.submit("resume", "settled", { by: "test" })).rejects.toMatchObject({
      what: expect.stringContaining("The deploy of"),
      next: "Retry its undo, then ask again.",
    });
  });
});

describe("a destroy that cools off", () => {
  test("removes nothing before its time, and can be cancelled", async () => {
    await live("cool");
    const notBefore = new Date(Date.now() + 60_000);
    const id = await hub.engine.submit("destroy", "cool", { by: "test", notBefore });
    await until("it waits", async () => (await hub.engine.run(id))?.state === "waiting");
    expect(await stateOf("cool")).toBe("removing");
    expect(await hub.standing("cool")).toContain("project");
    await hub.engine.cancel(id);
    expect(await stateOf("cool")).toBe("live");
    // Going on with it would remove everything at once: its time is over some day.
    await expect(hub.engine.retry(id)).rejects.toMatchObject({ what: expect.stringContaining("taken back") });
    expect(await hub.engine.drift("cool")).toEqual([]);
  });

  test("removes everything when it is over", async () => {
    await live("cooled");
    const notBefore = new Date(Date.now() + 300);
    const id = await hub.engine.submit("destroy", "cooled", { by: "test", notBefore });
    expect(await hub.engine.wait(id)).toMatchObject({ state: "succeeded" });
    expect(Date.now()).toBeGreaterThanOrEqual(notBefore.getTime());
    expect(await hub.standing("cooled")).toEqual([]);
    expect(await stateOf("cooled")).toBe("removed");
  });
});
