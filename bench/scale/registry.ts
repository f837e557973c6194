// A registry of many instances, whose things are those of one real instance: what the hub's own schedules cost.
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@atoll/contract/client";
import pg from "pg";
import { atEnd } from "../kit/ending.ts";
import { type Spread, spreadOf } from "../kit/figures.ts";
import { answersOf, openHome } from "../kit/home.ts";
import { openHubDatabase } from "../kit/hub-database.ts";
import { startProgram } from "./program.ts";
import { cpuMsOfTree, postmasterOf } from "./server-use.ts";

/** What a hub with a large registry did while nobody asked it for anything but lists. */
export interface RegistryFigures {
  instances: number;
  minutes: number;
  probeEverySeconds: number;
  looks: number;
  looksPerSecond: number;
  driftLooks: number;
  /** Seconds that a look is overdue, sampled every second over those that are due. */
  lateSeconds: { probes: Spread; drift: Spread };
  pageMs: Spread;
  overviewMs: Spread;
  hub: { cpuShare: number; firstMiB: number; lastMiB: number; peakMiB: number };
  databaseCpuShare: number;
  transactionsPerLook: number;
}

const model = "model";

/** Clones of the model: its row and its things under other names. Those of the schema's watch are spread over its interval. */
const cloneSql = [
  `insert into atoll.instances (id, slug, blueprint, environment, state, answers, chosen, url, live_at, last_run)
   select 'clone' || n, 'client-' || lpad(n::text, 6, '0'), blueprint, environment, 'live',
          answers || jsonb_build_object('slug', 'client-' || lpad(n::text, 6, '0')), chosen, url, now(), 0
     from atoll.instances, generate_series(1, $1) n where slug = '${model}'`,
  `insert into atoll.resources (instance_id, step, kind, name, within_id, provider_id, origin, observed_at, schema_version, attrs)
   select 'clone' || n, r.step, r.kind, r.name, r.within_id, r.provider_id, r.origin, now(), r.schema_version, r.attrs
     from atoll.resources r join atoll.instances i on i.id = r.instance_id and i.slug = '${model}', generate_series(1, $1) n`,
  `insert into atoll.instance_health (instance_id, problems, checked_at)
   select 'clone' || n, '[]', now() from generate_series(1, $1) n`,
  `insert into atoll.schema_states (instance_id, tried_at)
   select 'clone' || n, now() - random() * interval '5 hours' from generate_series(1, $1) n`,
];

/** Fills a registry and lives through some minutes. */
async function liveWith(
  instances: number,
  { minutes, probeEverySeconds }: { minutes: number; probeEverySeconds: number },
): Promise<RegistryFigures> {
  const home = await openHome(["--latency", "instant"]);
  const env = {
    ...home.env,
    ATOLL_PROBE_EVERY_SECONDS: String(probeEverySeconds),
    ATOLL_DRIFT_EVERY_HOURS: "24",
  };
  const databaseUrl = await openHubDatabase(env);
  const hub = await startProgram<{ url: string; key: string }>("hub", env);
  const worker = await startProgram<object>("worker", env);
  const sql = new pg.Client({ connectionString: databaseUrl });
  await sql.connect();
  atEnd(() => sql.end());
  const client = createClient({ baseUrl: hub.ready.url, apiKey: hub.ready.key });

  const answers = answersOf(model);
  await sql.query(
    `insert into atoll.requests (id, blueprint, slug, name, email, locale, answers, confirmed_at)
     values ('bench', 'business', $1, $2, $3, 'en', $4, now())`,
    [model, answers.name, answers.adminEmail, JSON.stringify(answers)],
  );
  await client.call("approveRequest", { params: { id: "bench" }, body: {} });
  for (;;) {
    const { state } = await client.call("showRequest", { params: { id: "bench" } });
    if (state === "deployed") break;
    if (state === "failed") throw new Error("The model could not be provisioned.");
    await sleep(500);
  }
  await worker.stop();
  for (const statement of cloneSql) await sql.query(statement, [instances - 1]);
  await sql.query("vacuum analyze");

  const server = await postmasterOf(sql);
  await sleep(probeEverySeconds * 1_000); // until each had its turn once
  const [first, databaseFirst, before] = [await hub.usage(), cpuMsOfTree(server), await countsOf(sql)];
  const began = performance.now();
  const late = { probes: [] as number[], drift: [] as number[] };
  const pageMs: number[] = [];
  const overviewMs: number[] = [];
  while (performance.now() - began < minutes * 60_000) {
    for (const [what, table] of [
      ["probes", "monitored"],
      ["drift", "drift_looks"],
    ] as const) {
      const { rows } = await sql.query<{ late: number }>(
        `select extract(epoch from clock_timestamp() - due_at)::float8 as late from atoll.${table}
          where due_at < clock_timestamp()`,
      );
      late[what].push(...rows.map(({ late: seconds }) => seconds));
    }
    const cursorAt = Math.floor(Math.random() * instances);
    const asked = performance.now();
    await client.call("listInstances", {
      query: { limit: 50, search: `client-${String(cursorAt).padStart(6, "0").slice(0, 4)}` },
    });
    pageMs.push(performance.now() - asked);
    const askedAgain = performance.now();
    await client.call("monitorOverview", {});
    overviewMs.push(performance.now() - askedAgain);
    await sleep(1_000);
  }
  const wallMs = performance.now() - began;
  const [last, databaseLast, after] = [await hub.usage(), cpuMsOfTree(server), await countsOf(sql)];
  const looks = after.looks - before.looks;
  return {
    instances,
    minutes: wallMs / 60_000,
    probeEverySeconds,
    looks,
    looksPerSecond: (looks / wallMs) * 1_000,
    driftLooks: after.drift - before.drift,
    lateSeconds: { probes: spreadOf(late.probes), drift: spreadOf(late.drift) },
    pageMs: spreadOf(pageMs),
    overviewMs: spreadOf(overviewMs),
    hub: {
      cpuShare: (last.cpuMs - first.cpuMs) / wallMs,
      firstMiB: first.nowMiB,
      lastMiB: last.nowMiB,
      peakMiB: last.peakMiB,
    },
    databaseCpuShare: (databaseLast - databaseFirst) / wallMs,
    transactionsPerLook: (after.transactions - before.transactions) / looks,
  };
}

/** Looks so far: an instance's page is looked at once in each. */
async function countsOf(sql: pg.Client): Promise<{ looks: number; drift: number; transactions: number }> {
  const { rows } = await sql.query<{ looks: number; drift: number; transactions: number }>(
    `select (select count(*)::float8 from atoll.probe_results where kind = 'page') as looks,
            (select count(*)::float8 from atoll.drift_looks where looked_at is not null) as drift,
            (select xact_commit::float8 from pg_stat_database where datname = current_database()) as transactions`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error("The database counts nothing.");
  return row;
}

/** `--registry [N]` of the benchmark: the scheduler keeps its interval, and pages of the list stay fast. */
export async function registryMode(flags: readonly string[]) {
  const instances = Number(flags[flags.indexOf("--registry") + 1]) || 10_000;
  const minutes = flags.includes("--quick") ? 1 : 3;
  const probeEverySeconds = flags.includes("--quick") ? 60 : 300;
  const figures = await liveWith(instances, { minutes, probeEverySeconds });
  const { lateSeconds, pageMs, overviewMs, hub } = figures;
  const of = ({ p50, p99, max }: Spread) => `${p50} / ${p99} / ${max}`;
  return {
    ratio: lateSeconds.probes.p99 / probeEverySeconds,
    target: 0.1,
    also: [{ what: "p99 of a page of the list, in 100 ms", ratio: pageMs.p99 / 100, target: 1 }],
    figures,
    text: [
      `instances in the registry                     ${instances}`,
      `minutes                                       ${figures.minutes.toFixed(1)}`,
      `looks at instances (one every ${probeEverySeconds} s each)      ${figures.looks}, ${figures.looksPerSecond.toFixed(1)} a second`,
      `overdue, s: p50 / p99 / max                   ${of(lateSeconds.probes)}`,
      `drift looks (one a day each)                  ${figures.driftLooks}`,
      `overdue, s: p50 / p99 / max                   ${of(lateSeconds.drift)}`,
      `page of the list, ms: p50 / p99 / max         ${of(pageMs)}`,
      `overview of the fleet, ms: p50 / p99 / max    ${of(overviewMs)}`,
      `CPU of the hub, cores                         ${hub.cpuShare.toFixed(2)}`,
      `CPU of the database, cores                    ${figures.databaseCpuShare.toFixed(2)}`,
      `transactions for a look                       ${figures.transactionsPerLook.toFixed(2)}`,
      `memory of the hub, MiB                        ${hub.firstMiB.toFixed(0)} at first, ${hub.lastMiB.toFixed(0)} at last, ${hub.peakMiB.toFixed(0)} at most`,
    ].join("\n"),
  };
}
