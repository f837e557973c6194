// One round in a process of its own: `SIZE WORKERS`. A fresh home, as many approvals at once, and what it all cost.
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@atoll/contract/client";
import { connect } from "@atoll/hub/accounts";
import { providerSettings } from "@atoll/hub/settings";
import pg from "pg";
import { runBare } from "../kit/bare.ts";
import { atEnd, endAll, endOnSignals } from "../kit/ending.ts";
import { answersOf, openHome } from "../kit/home.ts";
import { openHubDatabase } from "../kit/hub-database.ts";
import { startProgram } from "./program.ts";
import type { RoundFigures } from "./round.ts";
import { cpuMsOfTree, postmasterOf } from "./server-use.ts";

const lookEveryMs = 500;
const approveAtOnce = 20;
const bareRuns = 5;
/** A round that has not ended by then never will. */
const longestMs = 3 * 3_600_000;

/** Bytes of a schema's tables with their indexes. */
const sizeSql = `select coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8 as bytes
  from pg_class c where c.relnamespace = $1::regnamespace and c.relkind = 'r'`;

const [size = 0, workers = 3] = process.argv.slice(2).map(Number);
endOnSignals();
const figures = await round().finally(endAll);
process.send?.(figures);
if (process.connected) process.disconnect();

async function round(): Promise<RoundFigures> {
  const home = await openHome(["--latency", "instant"]);
  const env = { ...home.env, ATOLL_PROBE_EVERY_SECONDS: "0" }; // what is measured is provisioning
  const databaseUrl = await openHubDatabase(env);
  const cloud = await controlOf(home.cloud.url);
  const sql = new pg.Client({ connectionString: databaseUrl, application_name: "bench" });
  await sql.connect();
  atEnd(() => sql.end());
  const server = await postmasterOf(sql);

  const hub = await startProgram<{ url: string; key: string }>("hub", env);
  const crew = await Promise.all(Array.from({ length: workers }, () => startProgram<object>("worker", env)));
  const programs = [hub, ...crew];

  const floor = await bareFloor(home);
  // Measured work begins with what everybody has loaded and connected.
  await cloud.news();
  const sizes = async () => ({ atoll: await sizeOf(sql, "atoll"), dbos: await sizeOf(sql, "dbos") });
  const before = await sizes();
  const used = await Promise.all(programs.map((each) => each.usage()));
  const serverBefore = cpuMsOfTree(server);
  const cloudBefore = cpuMsOfTree(cloud.pid);

  await sql.query(
    `insert into atoll.requests (id, blueprint, slug, name, email, locale, answers, confirmed_at)
     select 'bench-' || (one ->> 'slug'), 'business', one ->> 'slug', one ->> 'name', one ->> 'adminEmail', 'en', one, now()
       from jsonb_array_elements($1::jsonb) one`,
    [JSON.stringify(Array.from({ length: size }, (_, index) => answersOf(slugOf(index))))],
  );
  const begun = performance.now();
  const client = createClient({ baseUrl: hub.ready.url, apiKey: hub.ready.key });
  let next = 0;
  const approving = Promise.all(
    Array.from({ length: approveAtOnce }, async () => {
      while (next < size)
        await client.call("approveRequest", { params: { id: `bench-${slugOf(next++)}` }, body: {} });
    }),
  );
  void approving.then(() => {
    approvedMs = performance.now() - begun;
  });
  let approvedMs = Number.NaN;
  const watched = await watch(sql, begun, cloud);
  await approving;
  const wallMs = performance.now() - begun;

  const after = await sizes();
  const usedAfter = await Promise.all(programs.map((each) => each.usage()));
  const cpu = usedAfter.map((each, index) => each.cpuMs - (used[index]?.cpuMs ?? 0));
  const { rows: states } = await sql.query<{ state: string; count: number }>(
    "select state, count(*)::int as count from atoll.instances group by 1 order by 1",
  );
  return {
    size,
    workers,
    states: Object.fromEntries(states.map(({ state, count }) => [state, count])),
    wallMs,
    approvedMs,
    hub: { cpuMs: cpu[0] ?? Number.NaN, peakMiB: usedAfter[0]?.peakMiB ?? Number.NaN },
    crew: usedAfter.slice(1).map(({ peakMiB }, index) => ({ cpuMs: cpu[index + 1] ?? Number.NaN, peakMiB })),
    databaseCpuMs: cpuMsOfTree(server) - serverBefore,
    cloudCpuMs: cpuMsOfTree(cloud.pid) - cloudBefore,
    connections: watched.connections,
    queriesInside: watched.most,
    bytes: { atoll: after.atoll - before.atoll, dbos: after.dbos - before.dbos },
    calls: watched.calls,
    refusals: watched.refusals,
    longestRunMs: await longestOf(sql),
    faults: await faultsOf(sql),
    floor,
  };
}

function slugOf(index: number): string {
  return `client-${String(index).padStart(6, "0")}`;
}

async function sizeOf(sql: pg.Client, schema: string): Promise<number> {
  return (await sql.query<{ bytes: number }>(sizeSql, [schema])).rows[0]?.bytes ?? Number.NaN;
}

async function longestOf(sql: pg.Client): Promise<number> {
  const { rows } = await sql.query<{ ms: number }>(
    "select coalesce(max(extract(epoch from ended_at - started_at)) * 1000, 0)::float8 as ms from atoll.runs",
  );
  return rows[0]?.ms ?? Number.NaN;
}

/** Why runs failed, and how often. */
async function faultsOf(sql: pg.Client): Promise<Record<string, number>> {
  const { rows } = await sql.query<{ what: string; count: number }>(
    `select coalesce(s.step, '') || ': ' || (coalesce(s.fault, r.fault) ->> 'what') as what, count(*)::int as count
       from atoll.runs r left join atoll.run_steps s on s.run_id = r.id and s.state = 'failed'
      where r.state in ('failed', 'undone', 'cancelled') group by 1 order by 2 desc limit 10`,
  );
  return Object.fromEntries(rows.map(({ what, count }) => [what, count]));
}

/** The local cloud's control endpoint. */
async function controlOf(url: string) {
  const { pid } = (await (await fetch(`${url}/control/health`)).json()) as { pid?: number }; // as it documents
  let seen = 0;
  return {
    pid: pid ?? Number.NaN,
    /** Calls since the last time. */
    async news() {
      const answer = await fetch(`${url}/control/log?since=${seen}`);
      const calls = (await answer.json()) as { seq: number; status: number }[]; // as it documents
      seen = calls.at(-1)?.seq ?? seen;
      return calls;
    },
  };
}

/** Looks at the journal until every request has come to an end. */
async function watch(sql: pg.Client, begun: number, cloud: Awaited<ReturnType<typeof controlOf>>) {
  const connections = new Map<string, number>();
  let most = 0;
  let calls = 0;
  let refusals = 0;
  let told = performance.now();
  const count = async () => {
    const drained = await cloud.news();
    calls += drained.length;
    refusals += drained.filter(({ status }) => status >= 500 || status === 429 || status === 0).length;
  };
  for (;;) {
    const { rows: open } = await sql.query<{ name: string; count: number }>(
      "select application_name as name, count(*)::int as count from pg_stat_activity where datname = 'atoll' group by 1",
    );
    for (const { name, count: now } of open) connections.set(name, Math.max(connections.get(name) ?? 0, now));
    most = Math.max(
      most,
      open.reduce((sum, each) => sum + each.count, 0),
    );
    const { rows } = await sql.query<{ done: number; bad: number }>(
      `select count(*) filter (where state in ('deployed', 'failed'))::int as done,
              count(*) filter (where state = 'failed')::int as bad from atoll.requests where id like 'bench-%'`,
    );
    const done = rows[0]?.done ?? 0;
    if (performance.now() - told > 15_000) {
      told = performance.now();
      await count();
      console.error(
        `${((told - begun) / 1000).toFixed(0)} s: ${done} of ${size} ended, ${rows[0]?.bad} failed, ${calls} calls`,
      );
    }
    if (done >= size) break;
    if (performance.now() - begun > longestMs)
      throw new Error(`${done} of ${size} had ended after ${longestMs / 3_600_000} hours.`);
    await sleep(lookEveryMs);
  }
  await count();
  return { connections: Object.fromEntries(connections), most, calls, refusals };
}

/** What the same calls cost a bare script, one instance after the other. */
async function bareFloor(home: Awaited<ReturnType<typeof openHome>>) {
  const settings = await providerSettings(home.env, async () => home.cloud);
  const [business] = connect(settings).blueprints;
  if (business === undefined) throw new Error("There is no blueprint to measure.");
  await runBare(business, answersOf("bare-warm-up"), home.cloud.url);
  const before = process.cpuUsage();
  const began = performance.now();
  let calls = 0;
  for (let count = 0; count < bareRuns; count++)
    calls += (await runBare(business, answersOf(`bare-${count}`), home.cloud.url)).calls.length;
  const { user, system } = process.cpuUsage(before);
  return {
    cpuMs: (user + system) / 1_000 / bareRuns,
    wallMs: (performance.now() - began) / bareRuns,
    calls: calls / bareRuns,
  };
}
