// The hub's own queues in virtual time: its SQL runs as it is, on a Postgres on which `clock_timestamp()` is ours.
import { migrateFurther, prepareDatabase } from "@atoll/engine/migrate";
import { hubMigrations } from "@atoll/hub/check-audit";
import { noteDrift } from "@atoll/hub/drift/record";
import { watchDrift } from "@atoll/hub/drift/watch";
import { claimDue, enrol } from "@atoll/hub/monitor/rows";
import { healthAfterRuns } from "@atoll/hub/services/health";
import { openStore, type Store } from "@atoll/hub/store/store";
import pg from "pg";
import { type Spread, spreadOf } from "../kit/figures.ts";

/** How the queues of a large fleet keep their intervals. */
export interface ScheduleFigures {
  instances: number;
  drift: { everyHours: number; looks: number; hours: number; lateSeconds: Spread; perDay: number };
  monitor: {
    everySeconds: number;
    looks: number;
    minutes: number;
    lateSeconds: Spread;
    claimMs: Spread;
    /** What is asked once a second, whether or not anything is due. */
    enrolMs: Spread;
    perSecond: number;
  };
  /** One round of what looks once at each instance after its runs, when there is none to be looked at. */
  healthMs: Spread;
  /** Bytes of schema `atoll` for one instance that is looked at. */
  bytesEach: number;
}

/** Found before `pg_catalog`, where it stands first in the search path. */
const clockSql = `
  create schema virtual;
  create table virtual.clock (now timestamptz not null);
  insert into virtual.clock values (now());
  create function virtual.clock_timestamp() returns timestamptz language sql stable
    as 'select now from virtual.clock';`;

const searchPath = "-c search_path=virtual,pg_catalog,public";

const fillSql = `
  insert into atoll.instances (id, slug, blueprint, environment, state, answers, chosen, url, live_at, last_run)
  select 'sim' || n, 'client-' || lpad(n::text, 6, '0'), 'business', 'local', 'live',
         jsonb_build_object('name', 'Client ' || n, 'slug', 'client-' || lpad(n::text, 6, '0')),
         '{}', 'http://localhost', now(), 1
    from generate_series(1, $1) n`;

/** As the hub's background does it: a pause after each round. */
const driftTickMs = 10_000;
const driftAtOnce = 4;
const monitorTickMs = 1_000;
const batch = 500;
const monitorAtOnce = 128;

/** Lives through a part of a fleet's day: looks take what is given, queues are the hub's own. */
export async function simulateSchedule(
  databaseUrl: string,
  of: {
    instances: number;
    driftEveryHours: number;
    driftLookMs: number;
    probeEverySeconds: number;
    probeMs: number;
    driftHours: number;
    probeMinutes: number;
  },
): Promise<ScheduleFigures> {
  await prepareDatabase(databaseUrl);
  await migrateFurther(databaseUrl, hubMigrations);
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 6, options: searchPath });
  pool.on("error", () => {});
  try {
    await pool.query(clockSql);
    await pool.query(fillSql, [of.instances]);
    await pool.query("vacuum analyze atoll.instances");
    const store = openStore(pool);
    const drift = await driftRound(pool, store, of);
    const monitor = await monitorRound(pool, store, of);
    const healthMs = await healthRounds(pool, store);
    const { rows } = await pool.query<{ bytes: number }>(
      `select sum(pg_total_relation_size(c.oid))::float8 as bytes from pg_class c
        where c.relnamespace = 'atoll'::regnamespace and c.relkind = 'r'`,
    );
    return {
      instances: of.instances,
      drift,
      monitor,
      healthMs,
      bytesEach: (rows[0]?.bytes ?? Number.NaN) / of.instances,
    };
  } finally {
    await pool.end();
  }
}

async function pass(pool: pg.Pool, ms: number): Promise<void> {
  await pool.query("update virtual.clock set now = now + $1 * interval '1 millisecond'", [ms]);
}

async function virtualNow(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ now: Date }>("select now from virtual.clock");
  return rows[0]?.now.getTime() ?? Number.NaN;
}

/** `watchDrift` itself, whose looks find nothing and take as long as is given. */
async function driftRound(
  pool: pg.Pool,
  store: Store,
  of: { instances: number; driftEveryHours: number; driftLookMs: number; driftHours: number },
) {
  const everyMs = of.driftEveryHours * 3_600_000;
  const lateMs: number[] = [];
  let nowMs = await virtualNow(pool);
  const beganMs = nowMs;
  let looks = 0;
  const tick = watchDrift({
    store,
    everyMs,
    baseUrl: "http://localhost",
    letters: {} as never, // nobody is told of anything: nothing is found
    runtime: {
      environments: ["local"],
      journal: {} as never, // nothing is repaired
      drifts: {
        async look({ id, due_at: dueAt }: { id: string; due_at: Date }, nextMs: number) {
          lateMs.push(nowMs - dueAt.getTime());
          looks += 1;
          const seen = { items: [], blind: new Set<string>(), problems: [], besides: [], failures: [] };
          await store.transaction().execute((tx) => noteDrift(tx, id, seen, new Date(nowMs + nextMs)));
        },
      } as never, // what the watcher calls of it
    },
  });
  while (nowMs - beganMs < of.driftHours * 3_600_000) {
    const before = looks;
    await tick();
    const tookMs = Math.ceil((looks - before) / driftAtOnce) * of.driftLookMs;
    await pass(pool, driftTickMs + tookMs);
    nowMs = await virtualNow(pool);
  }
  const hours = (nowMs - beganMs) / 3_600_000;
  return {
    everyHours: of.driftEveryHours,
    looks,
    hours,
    lateSeconds: spreadOf(lateMs.map((ms) => ms / 1_000)),
    perDay: (looks / hours) * 24,
  };
}

const healthSql = [
  `insert into atoll.runs (id, instance_id, number, kind, state, asked_by, keep_on_failure, ended_at)
   select id || '-1', id, 1, 'provision', 'succeeded', 'simulation', false, virtual.clock_timestamp() from atoll.instances`,
  `insert into atoll.instance_health (instance_id, problems, checked_at)
   select id, '[]', virtual.clock_timestamp() from atoll.instances`,
  "vacuum analyze atoll.runs, atoll.instance_health",
];
const healthTurns = 20;

/** Nothing is due: what it costs to find that out. */
async function healthRounds(pool: pg.Pool, store: Store): Promise<Spread> {
  for (const statement of healthSql) await pool.query(statement);
  const round = healthAfterRuns({ store, runtime: { journal: {} as never } }); // nobody is asked
  const tookMs: number[] = [];
  for (let turn = 0; turn < healthTurns; turn++) {
    const began = performance.now();
    await round();
    tookMs.push(performance.now() - began);
  }
  return spreadOf(tookMs);
}

/** The queue of probes: `claimDue` itself, batch by batch, as a round takes them. */
async function monitorRound(
  pool: pg.Pool,
  store: Store,
  of: { probeEverySeconds: number; probeMs: number; probeMinutes: number },
) {
  const everyMs = of.probeEverySeconds * 1_000;
  await enrol(store, everyMs);
  await pool.query("analyze atoll.monitored");
  let nowMs = await virtualNow(pool);
  const beganMs = nowMs;
  const lateMs: number[] = [];
  const claimMs: number[] = [];
  const enrolMs: number[] = [];
  let looks = 0;
  while (nowMs - beganMs < of.probeMinutes * 60_000) {
    const { rows } = await pool.query<{ due: Date }>(
      "select due_at as due from atoll.monitored where due_at <= virtual.clock_timestamp() order by due_at limit $1",
      [batch],
    );
    lateMs.push(...rows.map(({ due }) => nowMs - due.getTime()));
    const began = performance.now();
    await enrol(store, everyMs);
    const asked = performance.now();
    enrolMs.push(asked - began);
    const due = await claimDue(store, { environments: ["local"], everyMs, atMost: batch });
    claimMs.push(performance.now() - asked);
    looks += due.length;
    const tookMs = Math.ceil(due.length / monitorAtOnce) * of.probeMs;
    await pass(pool, tookMs + (due.length < batch ? monitorTickMs : 0));
    nowMs = await virtualNow(pool);
  }
  const minutes = (nowMs - beganMs) / 60_000;
  return {
    everySeconds: of.probeEverySeconds,
    looks,
    minutes,
    lateSeconds: spreadOf(lateMs.map((ms) => ms / 1_000)),
    claimMs: spreadOf(claimMs),
    enrolMs: spreadOf(enrolMs),
    perSecond: looks / minutes / 60,
  };
}
