import { setTimeout as sleep } from "node:timers/promises";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { type Journal, openJournal } from "./journal.ts";
import type { PausePoint } from "./options.ts";
import type { RunRecord } from "./records.ts";
import { fakeBlueprint } from "./testing/fake-blueprint.ts";
import { FakeCloud } from "./testing/fake-cloud.ts";
import { type Databases, testKey, until } from "./testing/harness.ts";
import { keepWorkers, startWorker } from "./testing/workers.ts";

interface Scenario {
  slug: string;
  point: PausePoint;
  step: string;
  /** Does the run fail at the end, so that it is undone? */
  fails: boolean;
}

const forward: PausePoint[] = [
  "intent-committed",
  "applied-not-recorded",
  "recorded",
  "step-done-not-published",
];

/** Every named point, forwards at these steps, then everywhere on the way back. */
const pointsAt = (steps: string[]): Omit<Scenario, "slug">[] => [
  ...forward.flatMap((point) => steps.map((step) => ({ point, step, fails: false }))),
  { point: "run-ending", step: "", fails: false },
  { point: "undo-registered", step: "", fails: true },
  { point: "removed-not-recorded", step: "project", fails: true },
  { point: "removed-not-recorded", step: "site", fails: true },
  { point: "removal-recorded", step: "site", fails: true },
  { point: "applied-not-recorded", step: "repository", fails: true },
  { point: "run-ending", step: "", fails: true },
];

const names = ["extra", "keys", "project", "repository", "site"];

const mostRounds = 6;

describe.each([
  { count: 1, steps: ["project", "site", "welcome"] },
  { count: 2, steps: ["repository", "keys", "welcome"] },
])("with $count worker(s), killed at every named point", ({ count, steps }) => {
  test("each run ends live or with nothing left, and nothing is made twice", async () => {
    const databases: Databases = { hub: await testDatabase(), cloud: await testDatabase() };
    const hub = await openHub(databases);
    const workers = keepWorkers(databases, count);
    try {
      await workers.ready();
      // All at once: who dies for one run dies for all that it has under way. A point that a run did not
      // pass because of another's death gets its turn in the next round.
      let todo = pointsAt(steps).map((point, index) => ({ ...point, slug: `crash-${index}` }));
      for (let round = 0; round < mostRounds && todo.length > 0; round++) {
        const left = await killEverywhere(hub, todo);
        todo = left.map((each, index) => ({ ...each, slug: `crash-${round}-${index}` }));
      }
      expect(todo).toEqual([]);
      expect(workers.deaths()).toBeGreaterThan(5);
    } finally {
      await workers.stop();
      await hub.close();
    }
  }, 180_000);
});

/** Does one run for each scenario, checks how it ended, and gives the scenarios whose death did not happen. */
async function killEverywhere(hub: Hub, scenarios: Scenario[]): Promise<Scenario[]> {
  const ids: string[] = [];
  for (const { slug, point, step, fails } of scenarios) {
    const { id: instance } = await hub.journal.register({
      slug,
      blueprint: "fake",
      answers: { title: "A", extra: true },
    });
    await hub.sql.query("insert into deaths values ($1, $2, $3)", [`${instance}-1`, point, step]);
    if (fails) await hub.cloud.trouble({ name: `welcome-${slug}`, on: "create", does: "reject", times: -1 });
    ids.push(await hub.journal.submit("provision", slug, { by: "test" }));
  }
  const runs = await Promise.all(ids.map((id) => hub.journal.wait(id)));
  const things = await hub.cloud.inventory();
  const writes = await hub.cloud.writes();
  for (const [index, { slug, point, step, fails }] of scenarios.entries()) {
    const where = `${slug} died at ${point} of ${step || "the run"}`;
    const own = things.filter(({ name }) => name.startsWith(`${slug}-`));
    const creates = writes.filter((line) => line.startsWith(`create ${slug}-`));
    expect(new Set(creates).size, where).toBe(creates.length);
    expect(summary(runs[index]), where).toEqual({ state: fails ? "undone" : "succeeded", owed: [] });
    expect(
      own.map(({ name }) => name.replace(`${slug}-`, "")),
      where,
    ).toEqual(fails ? [] : names);
    const known = (await hub.journal.resources(slug)).map(({ id }) => id).sort();
    expect(known, where).toEqual(own.map(({ id }) => id).sort());
  }
  const left = await hub.sql.query<{ run_id: string }>("delete from deaths returning run_id");
  return scenarios.filter((_, index) => left.rows.some((row) => row.run_id === ids[index]));
}

function summary(run: RunRecord | undefined) {
  return { state: run?.state, owed: run?.owed };
}

test("a worker that stood still for longer than its lease does nothing more", async () => {
  const databases: Databases = { hub: await testDatabase(), cloud: await testDatabase() };
  const hub = await openHub(databases);
  const frozen = startWorker(databases);
  const others: ReturnType<typeof startWorker>[] = [];
  try {
    await frozen.ready;
    await hub.cloud.trouble({ name: "frozen-project", on: "observe", does: "try-again", times: 3 });
    await hub.journal.register({ slug: "frozen", blueprint: "fake", answers: { title: "A" } });
    const id = await hub.journal.submit("provision", "frozen", { by: "test" });
    for await (const event of hub.journal.events(id, { follow: true }))
      if (event.type === "step-retrying") break;
    frozen.process.kill("SIGSTOP");
    others.push(startWorker(databases));
    await others[0]?.ready;
    expect(await hub.journal.wait(id)).toMatchObject({ state: "succeeded" });
    expect(others[0]?.lines.some((line) => line.includes('"takeover"'))).toBe(true);
    frozen.process.kill("SIGCONT");
    expect(await frozen.exited).toEqual({ code: 75, signal: null });
    expect(await hub.cloud.inventory()).toHaveLength(4);
  } finally {
    for (const worker of [frozen, ...others]) worker.process.kill("SIGKILL");
    await Promise.all([frozen, ...others].map((worker) => worker.exited));
    await hub.close();
  }
});

test("a worker whose steps all wait for the journal beats all the same", async () => {
  const databases: Databases = { hub: await testDatabase(), cloud: await testDatabase() };
  const hub = await openHub(databases);
  const ttlMs = 2_000;
  const worker = startWorker(databases, ttlMs);
  const locker = new pg.Client({ connectionString: databases.hub });
  try {
    await worker.ready;
    await locker.connect();
    // More than its pool has connections, each with a step that looks again and again.
    const slugs = Array.from({ length: 12 }, (_, index) => `held-${index}`);
    for (const slug of slugs) {
      await hub.cloud.trouble({ name: `${slug}-project`, on: "observe", does: "try-again", times: 20 });
      await hub.journal.register({ slug, blueprint: "fake", answers: { title: "A" } });
    }
    const ids = await Promise.all(slugs.map((slug) => hub.journal.submit("provision", slug, { by: "test" })));
    for (const id of ids)
      for await (const event of hub.journal.events(id, { follow: true }))
        if (event.type === "step-retrying") break;
    await locker.query("begin");
    await locker.query("lock table atoll.instances in access exclusive mode");
    await sleep(2 * ttlMs + 500);
    await locker.query("rollback");
    for (const id of ids) await hub.journal.wait(id); // the time has used up the deadline of some
    expect(worker.lines.filter((line) => line.includes("fenced"))).toEqual([]);
    expect(worker.process.exitCode).toBeNull();
  } finally {
    worker.process.kill("SIGKILL");
    await locker.end();
    await hub.close();
  }
});

test("a worker that is closed gives its work back at once", async () => {
  const databases: Databases = { hub: await testDatabase(), cloud: await testDatabase() };
  const hub = await openHub(databases);
  const [first, second] = [startWorker(databases, 60_000), startWorker(databases, 60_000)];
  try {
    await Promise.all([first.ready, second.ready]);
    await hub.cloud.trouble({ name: "given-project", on: "observe", does: "try-again", times: 10 });
    await hub.journal.register({ slug: "given", blueprint: "fake", answers: { title: "A" } });
    const id = await hub.journal.submit("provision", "given", { by: "test" });
    for await (const event of hub.journal.events(id, { follow: true }))
      if (event.type === "step-retrying") break;
    first.process.kill("SIGTERM");
    expect(await first.exited).toEqual({ code: 0, signal: null });
    expect(await hub.journal.wait(id)).toMatchObject({ state: "succeeded" });
    await until("the second has ended", async () => {
      second.process.kill("SIGTERM");
      return (await second.exited).code === 0;
    });
  } finally {
    for (const worker of [first, second]) worker.process.kill("SIGKILL");
    await hub.close();
  }
});

interface Hub {
  journal: Journal;
  cloud: FakeCloud;
  sql: pg.Pool;
  close(): Promise<void>;
}

async function openHub(databases: Databases): Promise<Hub> {
  const cloud = new FakeCloud(databases.cloud);
  await cloud.prepare();
  const sql = new pg.Pool({ connectionString: databases.cloud, max: 2 });
  await sql.query("create table deaths (run_id text, point text, step text)");
  const journal = await openJournal({
    databaseUrl: databases.hub,
    blueprints: [fakeBlueprint(cloud)],
    key: testKey,
  });
  return {
    journal,
    cloud,
    sql,
    async close() {
      await journal.close();
      await cloud.close();
      await sql.end();
    },
  };
}
