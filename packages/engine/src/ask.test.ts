import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, describe, expect, test } from "vitest";
import { openJournal } from "./journal.ts";
import { fakeBlueprint } from "./testing/fake-blueprint.ts";
import { startHarness, testKey } from "./testing/harness.ts";

const databases = { hub: await testDatabase(), cloud: await testDatabase() };
const hub = await startHarness(databases);
afterAll(() => hub.close());

describe("who asks while a run is under way", () => {
  test("for another kind of run is told to wait, not told that it succeeded", async () => {
    await hub.cloud.trouble({ name: "busy-site", on: "create", does: "try-again", times: 3 });
    await hub.engine.register({ slug: "busy", blueprint: "fake", answers: { title: "A" } });
    const id = await hub.engine.submit("provision", "busy", { by: "one" });
    const other = hub.engine.submit("destroy", "busy", { by: "two" });
    await expect(other).rejects.toMatchObject({
      kind: "rejected",
      what: expect.stringContaining("provision"),
    });
    const changed = hub.engine.submit("provision", "busy", { by: "two", answers: { title: "B" } });
    await expect(changed).rejects.toMatchObject({ what: expect.stringContaining("other answers") });
    expect(await hub.engine.submit("provision", "busy", { by: "two", answers: { title: "A" } })).toBe(id);
    expect(await hub.engine.wait(id)).toMatchObject({ state: "succeeded" });
  });

  test("with another secret is told to wait: the new one would be lost", async () => {
    await hub.cloud.trouble({ name: "keyed-site", on: "create", does: "try-again", times: 3 });
    const answers = (token: string) => ({ by: "one", answers: { title: "A", token } });
    await hub.engine.register({ slug: "keyed", blueprint: "fake", ...answers("first") });
    const id = await hub.engine.submit("provision", "keyed", answers("first"));
    await expect(hub.engine.submit("provision", "keyed", answers("second"))).rejects.toMatchObject({
      what: expect.stringContaining("other answers"),
    });
    expect(await hub.engine.submit("provision", "keyed", answers("first"))).toBe(id);
    expect(await hub.engine.submit("provision", "keyed", { by: "one" })).toBe(id);
    expect(await hub.engine.wait(id)).toMatchObject({ state: "succeeded" });
  });
});

test("answers for another slug are refused: everything is named after it", async () => {
  await hub.provision("keeps");
  const other = hub.engine.submit("update", "keeps", { by: "one", answers: { title: "A", slug: "other" } });
  await expect(other).rejects.toMatchObject({ kind: "rejected", field: "slug" });
});

test("an instance of other accounts is neither looked at nor touched, and its runs are left to their own workers", async () => {
  const elsewhere = await openJournal({
    databaseUrl: databases.hub,
    blueprints: [fakeBlueprint(hub.cloud)],
    key: testKey,
    environment: "staging",
  });
  try {
    await hub.provision("here");
    const refused = { kind: "rejected", field: "environment" };
    await expect(elsewhere.submit("destroy", "here", { by: "test" })).rejects.toMatchObject(refused);
    for (const look of ["plan", "verify", "drift"] as const)
      await expect(elsewhere[look]("here")).rejects.toMatchObject(refused);
    await elsewhere.register({ slug: "there", blueprint: "fake", answers: { title: "A" } });
    const id = await elsewhere.submit("provision", "there", { by: "test" });
    // The worker of this environment does the next run, and never that one.
    await hub.provision("after");
    expect(await elsewhere.run(id)).toMatchObject({ state: "queued" });
    expect(await hub.standing("there")).toEqual([]);
    // Who looks is told that nobody of that environment is there to do it, wherever they look.
    expect([...(await elsewhere.workers())]).toEqual([["production", 1]]);
    for (const journal of [elsewhere, hub.engine])
      expect(await journal.run(id)).toMatchObject({ lacksWorker: true });
    await expect(hub.engine.cancel(id)).rejects.toMatchObject(refused);
    await elsewhere.cancel(id);
    expect(await elsewhere.run(id)).toMatchObject({ state: "cancelled", lacksWorker: false });
    await expect(hub.engine.retry(id)).rejects.toMatchObject(refused);
  } finally {
    await elsewhere.close();
  }
});

test("an instance that was removed is not planned as if it were to be made", async () => {
  await hub.provision("gone");
  await hub.engine.wait(await hub.engine.submit("destroy", "gone", { by: "test" }));
  await expect(hub.engine.plan("gone")).rejects.toMatchObject({ what: expect.stringContaining("removed") });
});
