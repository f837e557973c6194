import type { AnyBlueprint } from "@atoll/core/blueprint";
import { type Journal, openJournal } from "@atoll/engine/journal";
import type { PausePoint } from "@atoll/engine/options";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { answersOf, businessOn, startHub, testKey } from "../support/hub.ts";
import { random, seedOf } from "../support/seed.ts";
import { sizes } from "../support/things.ts";
import { keepWorkers } from "../support/workers.ts";

// Each scenario is one client whose worker is killed with -9 at one moment of one step. All go on at once:
// who dies for one run dies for all that it has under way.
interface Scenario {
  point: PausePoint;
  step: string;
  /** Does the provisioning fail at its end, so that it is undone? */
  undone: boolean;
}

const forward = ["intent-committed", "applied-not-recorded", "recorded", "step-done-not-published"] as const;
const created = ["project", "repository", "site", "deployment", "admin", "email-workflow", "backup"];
const changed = ["client-config", "environment", "schema", "auth-config"];
const removed = ["project", "repository", "site", "admin", "mail-credential", "crm-workflow", "backup"];

const seed = seedOf("ATOLL_CRASH_SEED");
const draw = random(seed);
const shuffled = <T>(list: readonly T[]): T[] =>
  list
    .map((each) => ({ each, at: draw() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ each }) => each);

/** Every point; at which steps, the seed decides, or with ATOLL_CRASH_ALL=1 all of them. */
function scenarios(): Scenario[] {
  const some = <T>(list: readonly T[], count: number) =>
    process.env.ATOLL_CRASH_ALL === "1" ? list : shuffled(list).slice(0, count);
  return [
    ...forward.flatMap((point) =>
      some([...created, ...changed], 1).map((step) => ({ point, step, undone: false })),
    ),
    ...some(forward, 1).map((point) => ({ point, step: "welcome", undone: false })),
    { point: "run-ending", step: "", undone: false },
    { point: "applied-not-recorded", step: "project", undone: true },
    { point: "undo-registered", step: "", undone: true },
    ...some(removed, 1).map((step) => ({ point: "removed-not-recorded" as const, step, undone: true })),
    ...some(removed, 1).map((step) => ({ point: "removal-recorded" as const, step, undone: true })),
    { point: "run-ending", step: "", undone: true },
  ];
}

const difference = (after: Record<string, number>, before: Record<string, number>) =>
  Object.fromEntries(Object.entries(after).map(([path, count]) => [path, count - (before[path] ?? 0)]));

const hub = await testDatabase();
const deathsUrl = await testDatabase();
const sql = new pg.Pool({ connectionString: deathsUrl, max: 2 });
let cloud: TestCloud;
/** What one client's things count, when nothing went wrong. */
let one: Record<string, number>;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  await sql.query("create table deaths (run_id text, point text, step text); create table failing (id text)");
  const calm = await startHub(await testDatabase(), await businessOn(cloud));
  const before = sizes(await cloud.inventory());
  expect(await calm.provision("calm")).toMatchObject({ state: "succeeded" });
  one = difference(sizes(await cloud.inventory()), before);
  await calm.close();
});
afterAll(async () => {
  await sql.end();
  await cloud?.stop();
});

/** Does one run for each scenario, checks how each ended, and gives the scenarios whose moment never came. */
async function round(journal: Journal, blueprint: AnyBlueprint, todo: readonly Scenario[], name: string) {
  const clients: (Scenario & { slug: string; run: string })[] = [];
  for (const [index, each] of todo.entries()) {
    const slug = `${each.undone ? "undo" : "live"}-${name}-${index}`;
    const answers = blueprint.questions.parse(answersOf(slug));
    const { id } = await journal.register({ slug, blueprint: blueprint.name, answers, environment: "local" });
    if (each.undone) await sql.query("insert into failing values ($1)", [id]);
    await sql.query("insert into deaths values ($1, $2, $3)", [`${id}-1`, each.point, each.step]);
    clients.push({ ...each, slug, run: await journal.submit("provision", slug, { by: "test" }) });
  }
  const ends = await Promise.all(
    clients.map(async (each) => {
      const { state, owed, fault } = await journal.wait(each.run);
      return { ...each, state, owed, what: fault?.what };
    }),
  );
  expect(ends).toEqual(
    clients.map((each) => ({
      ...each,
      state: each.undone ? "undone" : "succeeded",
      owed: [],
      what: each.undone ? 'The test refuses "welcome".' : undefined,
    })),
  );
  const { rows } = await sql.query<{ run_id: string }>("delete from deaths returning run_id");
  const missed = new Set(rows.map((row) => row.run_id));
  return {
    live: clients.filter((each) => !each.undone).map((each) => each.slug),
    left: clients.filter((each) => missed.has(each.run)),
  };
}

// A moment that a run did not pass, because another's death came first, gets its turn in the next round.
const mostRounds = 4;

// Restarting alone is what the engine's own suite does at every point; here it takes ATOLL_CRASH_ALL=1.
describe.each([
  ...(process.env.ATOLL_CRASH_ALL === "1" ? [{ workers: 1, how: "restarted" }] : []),
  { workers: 2, how: "taken over by a second one" },
])("a worker killed at every named point, $how", ({ workers: count }) => {
  test("leaves one of each thing, or nothing", async () => {
    console.log(`crash seed ${seed}: repeat with ATOLL_CRASH_SEED=${seed}`);
    const blueprint = await businessOn(cloud);
    const journal = await openJournal({
      databaseUrl: hub,
      blueprints: [blueprint],
      key: testKey,
      environment: "local",
    });
    const before = sizes(await cloud.inventory());
    const workers = await keepWorkers({ hub, cloud, deaths: deathsUrl }, count);
    try {
      const live: string[] = [];
      let todo: readonly Scenario[] = scenarios();
      const atLeast = todo.length / 3;
      for (let number = 1; todo.length > 0 && number <= mostRounds; number++) {
        const ended = await round(journal, blueprint, todo, `${count}-${number}`);
        live.push(...ended.live);
        todo = ended.left;
      }
      expect(todo, "moments that never came").toEqual([]);
      expect(workers.deaths()).toBeGreaterThan(atLeast);
      // Of every kind as many as there are live clients, mails too: none twice, none left over.
      expect(difference(sizes(await cloud.inventory()), before)).toEqual(
        Object.fromEntries(Object.entries(one).map(([path, count]) => [path, count * live.length])),
      );
      for (const slug of live) expect(await journal.drift(slug), slug).toEqual([]);
    } catch (error) {
      console.log(workers.log().slice(-20).join("\n"));
      throw error;
    } finally {
      await workers.stop();
      await journal.close();
    }
  }, 700_000);
});
