import { Fault } from "@atoll/core/fault";
import { prepareDatabase } from "@atoll/engine/migrate";
import { testDatabase } from "@atoll/postgres/testing";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openLater } from "../store/later.ts";
import type { Store } from "../store/store.ts";
import type { Meters } from "./meters.ts";
import { openUsage, type Usage } from "./open.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const start = Date.UTC(2026, 10, 28, 9, 30);
const count = 30;
let later: ReturnType<typeof openLater>;
let store: Store;
let usage: Usage;
let now = start;
let isDown = false;
/** Supabase's answer is not as anybody foresaw. */
let isOdd = false;
/** What Supabase keeps, hour by hour, of every project alike. */
let calls = new Map<number, number>();
const asked: string[] = [];

const down = () => new Fault("try-again", { what: "It is down.", next: "Wait." });
const meters: Meters = {
  async requests(_, interval, nowMs) {
    asked.push(interval);
    if (isDown) throw down();
    if (isOdd) throw new TypeError("canary-odd");
    const stepMs = interval === "7day" ? dayMs : hourMs;
    const steps = { "1day": 24, "3day": 72, "7day": 7 }[interval];
    const toMs = nowMs - (nowMs % stepMs) + stepMs;
    const fromMs = toMs - steps * stepMs;
    return {
      fromMs,
      toMs,
      stepMs,
      steps: Array.from({ length: steps }, (_each, index) => {
        const atMs = fromMs + index * stepMs;
        const rest = [...calls]
          .filter(([at]) => at >= atMs && at < atMs + stepMs)
          .reduce((sum, [, n]) => sum + n, 0);
        return { fromMs: atMs, auth: 0, realtime: 0, rest, storage: 0 };
      }),
    };
  },
  async executions(_, { fromMs, toMs }) {
    if (isDown) throw down();
    return Array.from({ length: Math.ceil((toMs - fromMs) / hourMs) }, (_each, index) => ({
      fromMs: fromMs + index * hourMs,
      count: 1,
      failed: 0,
    }));
  },
  deployments: async () => undefined,
};

beforeAll(async () => {
  const databaseUrl = await testDatabase();
  await prepareDatabase(databaseUrl);
  later = openLater(databaseUrl);
  store = await later.store();
});
afterAll(() => later?.close());
beforeEach(async () => {
  now = start;
  isDown = false;
  isOdd = false;
  calls = new Map();
  asked.length = 0;
  await sql`truncate atoll.instances, atoll.outbox cascade`.execute(store);
  await sql`insert into atoll.instances (id, slug, blueprint, environment, state, answers, chosen, created_at)
    select 'i' || n, 'toko-' || n, 'business', 'local', 'live', '{"name": "Toko"}', '{}', ${new Date(start - 20 * dayMs)}
      from generate_series(1, ${count}) n`.execute(store);
  await sql`insert into atoll.resources (instance_id, step, kind, name, provider_id, origin, schema_version)
    select 'i' || n, step, kind, step, step || n, 'created', 1 from generate_series(1, ${count}) n,
      (values ('project', 'supabase.project'), ('hook', 'n8n.workflow')) s (step, kind)`.execute(store);
  usage = open(60);
});

function open(callsPerMinute: number): Usage {
  return openUsage({
    store: later.store,
    environments: [
      {
        name: "local",
        // Only what usage asks of an environment.
        accounts: { meters },
        databases: {
          open: async () => Promise.reject(down()),
        },
        settings: { supabase: { connection: "direct" } },
      },
    ],
    settings: { everyMs: hourMs, callsPerMinute },
    limits: { isLow: () => false },
    nowMs: () => now,
  });
}

const called = (atMs: number, times: number) => calls.set(atMs - (atMs % hourMs), times);
const rows = async (width: string, id = "i1") =>
  (
    await sql<{
      at: Date;
      rest: number | null;
      executions: number | null;
      hours: number;
      mails: number | null;
    }>`
      select at, hours, rest::float8 as rest, executions::float8 as executions, mails::float8 as mails
        from atoll.usage where width = ${width} and instance_id = ${id} order by at`.execute(store)
  ).rows;
const sumOf = (list: { rest: number | null }[]) => list.reduce((sum, { rest }) => sum + (rest ?? 0), 0);

describe("counting", () => {
  test("what nobody foresaw is a problem of that part, goes to the log, and the rest is written", async () => {
    isOdd = true;
    await usage.measure("toko-1");
    expect((await rows("hour")).some(({ executions }) => executions !== null)).toBe(true);
    const { problems } = await usage.instance("toko-1", "24h");
    expect(problems).toContainEqual(
      expect.objectContaining({ of: "requests", what: "It could not be counted." }),
    );
    expect(JSON.stringify(problems)).not.toContain("canary");
    await sql`insert into atoll.usage_looks (instance_id, due_at) select id, clock_timestamp() from atoll.instances
      where id = 'i1' on conflict (instance_id) do update set due_at = excluded.due_at`.execute(store);
    await expect(usage.round()).rejects.toThrow("could not be looked at");
  });

  test("hours become days and months, and counting again changes nothing", async () => {
    called(start, 5);
    called(start - 5 * hourMs, 7);
    called(start - 30 * hourMs, 11);
    await usage.measure("toko-1");
    const whole = { hours: await rows("hour"), days: await rows("day"), months: await rows("month") };
    expect(sumOf(whole.hours)).toBe(23);
    expect(sumOf(whole.days)).toBe(23);
    expect(sumOf(whole.months)).toBe(23);
    expect(whole.days.at(-1)).toMatchObject({ at: new Date(Date.UTC(2026, 10, 28)), rest: 12, hours: 10 });
    await usage.measure("toko-1");
    await usage.measure("toko-1");
    expect({ hours: await rows("hour"), days: await rows("day"), months: await rows("month") }).toEqual(
      whole,
    );
  });

  test("what a provider has forgotten since takes nothing away", async () => {
    called(start, 5);
    await usage.measure("toko-1");
    calls.clear();
    await usage.measure("toko-1");
    expect(sumOf(await rows("month"))).toBe(5);
  });

  test("an outage leaves a gap, says so, and is made up for by hours and then by days", async () => {
    await usage.measure("toko-1");
    isDown = true;
    now = start + 5 * hourMs;
    called(start + 3 * hourMs, 40);
    await usage.measure("toko-1");
    expect(
      (await rows("hour")).find(({ at }) => at.getTime() === start + 3 * hourMs - hourMs / 2)?.rest ?? null,
    ).toBeNull();
    const { problems } = await usage.instance("toko-1", "24h");
    expect(problems.map(({ of }) => of).sort()).toEqual(["executions", "requests"]);
    now = start + 2 * dayMs;
    called(start + dayMs, 3);
    await usage.measure("toko-1");
    // Five days later: three of them are told by hours, the rest by days.
    now = start + 5 * dayMs;
    called(start + 4 * dayMs, 2);
    isDown = false;
    asked.length = 0;
    await usage.measure("toko-1");
    expect(asked).toEqual(["3day", "7day"]);
    expect((await usage.instance("toko-1", "24h")).problems).toEqual([]);
    const days = await rows("day");
    expect(days.find(({ at }) => at.getTime() === Date.UTC(2026, 10, 28))).toMatchObject({
      rest: 40,
      hours: 24,
    });
    expect(days.find(({ at }) => at.getTime() === Date.UTC(2026, 10, 29))).toMatchObject({
      rest: 3,
      hours: 24,
    });
    expect(sumOf(days)).toBe(45);
    expect(sumOf(await rows("month"))).toBe(45);
    asked.length = 0;
    now += hourMs;
    await usage.measure("toko-1");
    expect(asked).toEqual(["1day"]);
    expect(sumOf(await rows("month"))).toBe(45);
  });

  test("mails are those of the instance, its request, its team and its runs", async () => {
    const at = new Date(start - 2 * hourMs);
    await sql`insert into atoll.requests (id, blueprint, slug, name, email, locale, answers, instance_id)
      values ('r1', 'business', 'toko-1', 'Toko', 'a@b.example', 'en', '{}', 'i1')`.execute(store);
    for (const key of ["approved/r1", "team/i1/run", "drift/i1/x/1/a", "team/i2/run", "invitation/zz"])
      await sql`insert into atoll.outbox (key, recipient, subject, html, body_text, sent_at)
        values (${key}, 'a@b.example', 's', '', '', ${at})`.execute(store);
    await sql`insert into atoll.outbox (key, recipient, subject, html, body_text)
      values ('team/i1/waiting', 'a@b.example', 's', '', '')`.execute(store);
    await sql`insert into atoll.runs (id, instance_id, number, kind, state, asked_by, keep_on_failure)
      values ('i1-1', 'i1', 1, 'provision', 'succeeded', 'x', false)`.execute(store);
    await sql`insert into atoll.run_steps (run_id, step, position, kind, name, state)
      values ('i1-1', 'welcome', 1, 'email.send', 'welcome', 'succeeded')`.execute(store);
    await sql`insert into atoll.actions (instance_id, step, key, run_id, done_at)
      values ('i1', 'welcome', 'welcome/i1', 'i1-1', ${at})`.execute(store);
    await usage.measure("toko-1");
    await usage.measure("toko-2");
    await usage.measure("toko-3");
    const { items } = await usage.report({ limit: 10 });
    expect(items.map(({ instance, mails }) => [instance, mails])).toEqual([
      ["toko-1", 4],
      ["toko-2", 1],
      ["toko-3", 0],
    ]);
  });
});

describe("by itself", () => {
  const dueNow = () => sql`update atoll.usage_looks set due_at = clock_timestamp()`.execute(store);
  const looked = async () =>
    Number(
      (
        await sql<{
          n: number;
        }>`select count(*) as n from atoll.usage_looks where looked_at is not null`.execute(store)
      ).rows[0]?.n,
    );

  test("every instance has its turn once, within the calls of a minute, and the rest later", async () => {
    usage = open(12);
    await usage.round();
    await dueNow();
    await usage.round();
    expect(await looked()).toBe(12);
    await dueNow();
    now += 60_000;
    await sql`update atoll.usage_looks set due_at = clock_timestamp() + interval '1 hour' where looked_at is not null`.execute(
      store,
    );
    await usage.round();
    expect(await looked()).toBe(24);
    expect(asked).toHaveLength(24 * 2);
  });

  test("two hubs that count at once count once", async () => {
    called(start, 5);
    await usage.round();
    await dueNow();
    await Promise.all([usage.round(), open(60).round(), usage.measure("toko-1"), usage.measure("toko-1")]);
    const { totals, total } = await usage.report({ limit: 1 });
    expect({ total, rest: totals.rest }).toEqual({ total: count, rest: 5 * count });
  });
});

test("a report comes in parts, with the sums of all, and remembers what is gone", async () => {
  await usage.measure("toko-1");
  await usage.measure("toko-2");
  now += 2 * hourMs;
  await usage.measure("toko-2");
  await sql`delete from atoll.resources where instance_id = 'i2'`.execute(store);
  await sql`update atoll.instances set state = 'removed' where id = 'i2'`.execute(store);
  now += 10 * hourMs;
  const first = await usage.report({ limit: 1 });
  expect(first).toMatchObject({ month: "2026-11", isOver: false, total: 2 });
  const second = await usage.report({ limit: 1, cursor: first.nextCursor });
  expect(second.nextCursor).toBeUndefined();
  const [live, gone] = [...first.items, ...second.items];
  expect([live?.instance, gone?.instance, gone?.state]).toEqual(["toko-1", "toko-2", "removed"]);
  expect(gone?.ofHours).toBe((live?.ofHours ?? 0) - 10);
  expect(gone?.costs[0]?.currency).toBe("USD");
  expect(gone?.costs[0]?.amount).toBeGreaterThan(live?.costs[0]?.amount ?? 0);
  await expect(usage.measure("toko-2")).rejects.toMatchObject({ what: expect.stringContaining("removed") });
  await expect(usage.instance("none", "24h")).rejects.toBeInstanceOf(Fault);
});
