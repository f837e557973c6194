import { prepareDatabase } from "@atoll/engine/migrate";
import { testDatabase } from "@atoll/postgres/testing";
import { sql } from "kysely";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { letters } from "../mails/letters.ts";
import { openLater } from "../store/later.ts";
import { openStore, type Store } from "../store/store.ts";
import { judge, settle } from "./evaluate.ts";
import { closeUnwatched, openIncident, type Telling } from "./incidents.ts";
import { isAlarming, listQuotas, noteLimits, openLimits } from "./limits.ts";
import { openSpending } from "./look.ts";
import { keepHistory, keepPartitions } from "./rollups.ts";
import { claimDue, enrol, type Probes, readProbes, writeOutcomes } from "./rows.ts";
import { runBudgetsOf, runTimesOf, setRunBudget } from "./run-times.ts";
import { instanceMonitorOf, overviewOf } from "./shown.ts";
import { afterLook } from "./verdict.ts";

let databaseUrl: string;
let later: ReturnType<typeof openLater>;
let store: Store;
let telling: Telling;
const announced: string[] = [];
const count = 30;

beforeAll(async () => {
  databaseUrl = await testDatabase();
  await prepareDatabase(databaseUrl);
  later = openLater(databaseUrl);
  store = await later.store();
  await sql`create schema if not exists people`.execute(store);
  await sql`create table if not exists people."user" (email text, role text)`.execute(store);
  await sql`insert into people."user" values ('owner@atoll.example', 'owner')`.execute(store);
  await keepPartitions(store);
  telling = {
    store,
    letters,
    baseUrl: "https://hub.example",
    webhooks: { announce: async (_, event) => void announced.push(event) },
  };
});
afterAll(async () => {
  await later?.close();
});
beforeEach(async () => {
  await sql`truncate atoll.instances, atoll.probe_results, atoll.probe_rollups, atoll.incidents, atoll.outbox,
    atoll.provider_limits cascade`.execute(store);
  await sql`insert into atoll.instances (id, slug, blueprint, environment, state, answers, chosen)
    select 'i' || n, 'toko-' || n, 'business', 'local', case when n = 1 then 'paused' else 'live' end, '{}', '{}'
      from generate_series(1, ${count}) n`.execute(store);
  announced.length = 0;
});

const mails = async () =>
  (await store.selectFrom("outbox").select(["subject", "body_text"]).orderBy("key").execute()).map(
    ({ subject }) => subject,
  );
const claim = () => claimDue(store, { environments: ["local"], everyMs: 60_000, atMost: 1_000 });
const dueNow = () => sql`update atoll.monitored set due_at = clock_timestamp()`.execute(store);

let apiAnswers: boolean | undefined;

/** One look at one kind of some instances, written as a round writes it. */
async function look(instances: readonly string[], kind: "page" | "workflows", ok: (id: string) => boolean) {
  const known = await readProbes(store, instances);
  const at = new Date();
  const provider = kind === "page" ? "vercel" : "n8n";
  const outcomes = instances.map((id) => {
    const probes: Probes = known.get(id) ?? new Map();
    const found = { ok: ok(id), latencyMs: 40, ...(!ok(id) && { problem: "it answers 503." }) };
    const state = afterLook(probes.get(kind), found);
    probes.set(kind, { ...state, provider, checkedAt: at, since: at });
    const due = { id, slug: id, blueprint: "business", environment: "local", stamp: "", closer: true };
    const looked = [{ kind, provider, at, found }];
    return { due, probes, looked, gone: [], state: "up" as const, soonerMs: undefined, closerMs: 1_000 };
  });
  await writeOutcomes(store, outcomes);
  await settle(telling, {
    withinMs: 60_000,
    ownAnswers: async () => apiAnswers,
    judged: outcomes.map(({ due, probes }) => judge(due, probes, undefined)),
  });
}
const ids = Array.from({ length: count - 1 }, (_, at) => `i${at + 2}`);
const open = async () =>
  (await overviewOf(store, 60)).incidents.map(({ cause, instance }) => [cause, instance]);

describe("whose turn it is", () => {
  test("live instances are spread over the interval, and nobody takes one twice", async () => {
    await enrol(store, 60_000);
    const { rows } = await sql<{ spread: number; count: number }>`
      select extract(epoch from max(due_at) - min(due_at))::float8 as spread, count(*)::integer as count
        from atoll.monitored`.execute(store);
    expect(rows[0]?.count).toBe(count - 1); // the paused one is none of them
    expect(rows[0]?.spread).toBeGreaterThan(10);
    await dueNow();
    const [one, other] = await Promise.all([claim(), claim()]);
    expect([...one, ...other].map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(await claim()).toEqual([]);
  });

  test("one that is paused meanwhile is not looked at", async () => {
    await enrol(store, 60_000);
    await dueNow();
    await sql`update atoll.instances set state = 'paused'`.execute(store);
    expect(await claim()).toEqual([]);
    expect((await overviewOf(store, 60)).states).toMatchObject({ paused: count, up: 0 });
  });
});

describe("one whose last run failed", () => {
  const failed = (wasLive: boolean) =>
    sql`update atoll.instances set state = 'failed', live_at = ${wasLive ? new Date() : null} where id = 'i5'`.execute(
      store,
    );
  const turns = async () => {
    await enrol(store, 60_000);
    await dueNow();
    return (await claim()).map(({ id }) => id);
  };

  test("is looked at as before when it was live, and its incidents stay", async () => {
    await failed(true);
    expect(await turns()).toContain("i5");
    for (let looks = 0; looks < 4; looks++) await look(ids, "page", (id) => id !== "i5");
    await closeUnwatched(telling);
    expect(await open()).toEqual([["site-down", "toko-5"]]);
  });

  test("is not well, whatever answers", async () => {
    await failed(true);
    await turns();
    await look(ids, "page", () => true);
    const { states, unwell } = await overviewOf(store, 60);
    expect(states).toMatchObject({ up: count - 2, degraded: 1, paused: 1 });
    expect(unwell).toMatchObject([{ instance: "toko-5", state: "degraded" }]);
    expect(await instanceMonitorOf(store, "toko-5", "24h")).toMatchObject({ state: "degraded" });
  });

  test("is not looked at when it never was live", async () => {
    await failed(false);
    expect(await turns()).not.toContain("i5");
  });
});

describe("incidents", () => {
  test("a provider's ends, untold, when nobody is left there", async () => {
    for (let looks = 0; looks < 4; looks++) await look(ids, "workflows", () => false);
    await closeUnwatched(telling);
    expect(await open()).toEqual([["provider-down", undefined]]);
    await sql`update atoll.instances set state = 'archived' where id <> 'i5'`.execute(store);
    await closeUnwatched(telling);
    expect(await open()).toEqual([["provider-down", undefined]]);
    // The last one has none of its things there any more.
    const last = {
      probes: new Map(),
      looked: [],
      state: "up" as const,
      soonerMs: undefined,
      closerMs: 1_000,
    };
    const due = {
      id: "i5",
      slug: "toko-5",
      blueprint: "business",
      environment: "local",
      stamp: "",
      closer: true,
    };
    await writeOutcomes(store, [{ ...last, due, gone: ["workflows"] }]);
    await closeUnwatched(telling);
    expect(await open()).toEqual([]);
    expect(announced).toEqual(["incident.opened"]);
  });

  test("are told over the one connection that they are written by", async () => {
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 1, connectionTimeoutMillis: 2_000 });
    try {
      const opened = await openIncident(
        { ...telling, store: openStore(pool) },
        {
          subject: "instance/i5/site",
          cause: "site-down",
          environment: "local",
          what: "It is.",
          next: "Look.",
        },
      );
      expect(opened).toMatchObject({ cause: "site-down" });
    } finally {
      await pool.end();
    }
  });

  test("one of many is its own, told once, with one all-clear", async () => {
    for (let looks = 0; looks < 5; looks++) await look(ids, "page", (id) => id !== "i5");
    expect(await open()).toEqual([["site-down", "toko-5"]]);
    for (let looks = 0; looks < 2; looks++) await look(ids, "page", () => true);
    expect(await open()).toHaveLength(1); // two good looks are no recovery
    await look(ids, "page", () => true);
    expect(await open()).toEqual([]);
    expect(await mails()).toEqual(["All clear: toko-5", "Something is wrong with toko-5"]);
    expect(announced).toEqual(["incident.opened", "incident.closed"]);
  });

  test("most at the same time are one of the provider's, and none of theirs", async () => {
    for (let looks = 0; looks < 5; looks++) await look(ids, "workflows", () => false);
    expect(await open()).toEqual([["provider-down", undefined]]);
    // Half are back: it is not over yet. Then all are.
    await look(ids, "workflows", (id) => Number(id.slice(1)) % 2 === 0);
    expect(await open()).toEqual([["provider-down", undefined]]);
    for (let looks = 0; looks < 3; looks++) await look(ids, "workflows", () => true);
    expect(await open()).toEqual([]);
    expect(announced).toEqual(["incident.opened", "incident.closed"]);
  });

  test("of a few, those that fail together are the provider's where its own API is silent, too", async () => {
    const few = ids.slice(0, 3);
    apiAnswers = true;
    for (let looks = 0; looks < 4; looks++) await look(few, "workflows", () => false);
    expect((await open()).map(([cause]) => cause)).toEqual(few.map(() => "workflows-down"));
    for (let looks = 0; looks < 3; looks++) await look(few, "workflows", () => true);
    apiAnswers = false;
    for (let looks = 0; looks < 4; looks++) await look(few, "workflows", () => false);
    expect(await open()).toEqual([["provider-down", undefined]]);
    apiAnswers = undefined;
  });

  test("who is still down when the provider is back has one of their own", async () => {
    for (let looks = 0; looks < 4; looks++) await look(ids, "workflows", () => false);
    for (let looks = 0; looks < 2; looks++) await look(ids, "workflows", (id) => id === "i7");
    expect(await open()).toEqual([["provider-down", undefined]]);
    for (let looks = 0; looks < 4; looks++) await look(ids, "workflows", (id) => id !== "i7");
    expect(await open()).toEqual([["workflows-down", "toko-7"]]);
  });

  test("what flaps is told once", async () => {
    for (let looks = 0; looks < 20; looks++) await look(["i5"], "page", () => looks % 2 === 1);
    expect(announced).toEqual(["incident.opened"]);
  });

  test("a database of the hub that is read twice has one incident", async () => {
    for (let looks = 0; looks < 2; looks++) await look(["i5"], "page", () => false);
    await Promise.all([look(["i5"], "page", () => false), look(["i5"], "page", () => false)]);
    expect(announced).toEqual(["incident.opened"]);
  });
});

describe("history", () => {
  test("looks become rollups with exact percentiles, again and again the same", async () => {
    await sql`insert into atoll.probe_results (instance_id, kind, at, ok, latency_ms)
      select 'i2', 'page', date_trunc('hour', clock_timestamp()) - interval '1 hour' + n * interval '1 second', n > 10, n
        from generate_series(1, 100) n`.execute(store);
    await keepHistory(store);
    await keepHistory(store);
    const { rows } = await sql`select bucket_s, count, ok, p50_ms, p95_ms from atoll.probe_rollups
      order by bucket_s`.execute(store);
    expect(rows).toEqual(
      [300, 3_600, 86_400].map((bucket_s) => ({ bucket_s, count: 100, ok: 90, p50_ms: 50, p95_ms: 95 })),
    );
    const shown = await instanceMonitorOf(store, "toko-2", "7d");
    expect(shown?.uptime).toEqual(["24h", "7d", "30d", "90d"].map((range) => ({ range, share: 0.9 })));
    expect(shown?.series).toMatchObject([{ kind: "page", buckets: [{ count: 100, ok: 90 }] }]);
  });

  test("a rollup is kept when the looks that made it are gone", async () => {
    await sql`insert into atoll.probe_results (instance_id, kind, at, ok)
      values ('i2', 'page', clock_timestamp(), true)`.execute(store);
    await keepHistory(store);
    await sql`truncate atoll.probe_results`.execute(store);
    await keepHistory(store);
    const { rows } = await sql`select count from atoll.probe_rollups`.execute(store);
    expect(rows).toEqual([{ count: 1 }, { count: 1 }, { count: 1 }]);
  });

  test("old partitions are dropped, old rollups forgotten", async () => {
    const day = 86_400_000;
    const names = async () =>
      (
        await sql<{ name: string }>`select inhrelid::regclass::text as name from pg_inherits
          where inhparent = 'atoll.probe_results'::regclass order by 1`.execute(store)
      ).rows.map(({ name }) => name);
    const before = await names();
    await keepPartitions(store, Date.now() - 10 * day);
    expect((await names()).length).toBeGreaterThan(before.length);
    await keepPartitions(store);
    expect(await names()).toEqual(before);
    await sql`insert into atoll.probe_rollups values
      (300, clock_timestamp() - interval '4 days', 'i2', 'page', 1, 1, null, null),
      (3600, clock_timestamp() - interval '4 days', 'i2', 'page', 1, 1, null, null)`.execute(store);
    await keepHistory(store);
    const { rows } = await sql`select bucket_s from atoll.probe_rollups`.execute(store);
    expect(rows).toEqual([{ bucket_s: 3_600 }]);
  });
});

test("a budget is set for one kind and taken back, and who did it is on record", async () => {
  expect(await runBudgetsOf(store)).toMatchObject({ provision: 120, repair: 120 });
  await setRunBudget(store, { kind: "backup", seconds: 900, by: "ada" });
  await setRunBudget(store, { kind: "provision", seconds: 300, by: "ada" });
  expect(await runBudgetsOf(store)).toMatchObject({ provision: 300, backup: 900, repair: 120 });
  await setRunBudget(store, { kind: "provision", seconds: undefined, by: "ada" });
  expect(await runBudgetsOf(store)).toMatchObject({ provision: 120, backup: 900 });
  const { rows } = await sql`select actor from atoll.audit where action = 'settings.change'`.execute(store);
  expect(rows).toEqual([{ actor: "ada" }, { actor: "ada" }, { actor: "ada" }]);
});

test("runs that were tried again say nothing about how long runs take", async () => {
  await sql`insert into atoll.runs (id, instance_id, number, kind, state, asked_by, keep_on_failure, attempt, started_at, ended_at)
    select 'i2-' || n, 'i2', n, 'update', 'succeeded', 'test', false, case when n = 4 then 2 else 1 end,
           clock_timestamp() - n * n * interval '10 seconds', clock_timestamp()
      from generate_series(1, 4) n`.execute(store);
  const { kinds } = await runTimesOf(store, 1);
  expect(kinds).toMatchObject([{ kind: "update", runs: 3, isOver: false }]);
  expect(kinds[0]?.p95Ms).toBeLessThan(91_000);
});

describe("limits of providers", () => {
  const nowMs = 1_000_000_000_000;
  test.each([
    ["plenty is left", { limit: 100, remaining: 50, resetAtMs: nowMs + 3_600_000 }, 0, false],
    ["a tenth is left", { limit: 100, remaining: 10, resetAtMs: nowMs + 3_600_000 }, 0, false],
    ["little is left for an hour", { limit: 100, remaining: 9, resetAtMs: nowMs + 3_600_000 }, 0, true],
    ["little is left for a minute", { limit: 100, remaining: 0, resetAtMs: nowMs + 60_000 }, 0, false],
    ["it is so again and again", { limit: 100, remaining: 0, resetAtMs: nowMs + 60_000 }, 120_000, true],
    ["a limit of a few a second", { limit: 10, remaining: 0, resetAtMs: nowMs + 3_600_000 }, 600_000, false],
  ])("%s", (_, seen, lowForMs, expected) => {
    expect(isAlarming(seen, lowForMs, nowMs)).toBe(expected);
  });

  test("one that is nearly used up is an incident until its window ends", async () => {
    const limits = openLimits();
    const hear = (remaining: number, resetInMs: number) =>
      limits.hears("local")({
        provider: "GitHub",
        method: "GET",
        path: "/x",
        status: 200,
        durationMs: 1,
        limit: { bucket: "core", limit: 5_000, remaining, resetAtMs: Date.now() + resetInMs },
      });
    hear(300, 1_800_000);
    await noteLimits(telling, limits);
    await noteLimits(telling, limits);
    expect(await open()).toEqual([["quota-low", undefined]]);
    expect(await listQuotas(store)).toMatchObject([
      { environment: "local", provider: "github", bucket: "core", limit: 5_000, remaining: 300, share: 0.06 },
    ]);
    expect(limits.isLow("local", "github")).toBe(true);
    await noteLimits(telling, limits, Date.now() + 1_800_001);
    expect(await open()).toEqual([]);
    expect(announced).toEqual(["incident.opened", "incident.closed"]);
  });

  test("monitoring spends so many calls a minute at an account, and none where little is left", () => {
    let minuteMs = 0;
    let isLow = false;
    const spend = openSpending(
      10,
      () => isLow,
      () => minuteMs,
    )("local");
    expect([spend("vercel", 6), spend("vercel", 4), spend("vercel", 1), spend("github", 1)]).toEqual([
      true,
      true,
      false,
      true,
    ]);
    minuteMs = 60_000;
    expect(spend("vercel", 50)).toBe(true); // else one with many things would never be looked at
    expect(spend("vercel", 1)).toBe(false);
    minuteMs = 120_000;
    isLow = true;
    expect(spend("vercel", 1)).toBe(false);
  });
});
