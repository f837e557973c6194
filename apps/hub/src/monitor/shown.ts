import type {
  HealthState,
  Incident,
  InstanceMonitor,
  MonitorOverview,
  MonitorRange,
  ProbeKind,
} from "@atoll/contract/schemas/monitor";
import { monitorRanges, probeKinds } from "@atoll/contract/schemas/monitor";
import { sql } from "kysely";
import { present } from "../server/shown.ts";
import { cursorOf, openCursor } from "../store/cursor.ts";
import type { Store } from "../store/store.ts";
import { type IncidentRow, incidentColumns, incidentTables, shownIncident } from "./incident-row.ts";
import { readProbes } from "./rows.ts";
import { percentile } from "./verdict.ts";
import { isWatched } from "./watched.ts";

const ranges: Record<MonitorRange, { hours: number; bucketSeconds: number; uptimeOf: number }> = {
  "24h": { hours: 24, bucketSeconds: 300, uptimeOf: 300 },
  "7d": { hours: 7 * 24, bucketSeconds: 3_600, uptimeOf: 3_600 },
  "30d": { hours: 30 * 24, bucketSeconds: 86_400, uptimeOf: 3_600 },
  "90d": { hours: 90 * 24, bucketSeconds: 86_400, uptimeOf: 86_400 },
};

/** Watched or not, in one word. Where the last run failed something is not as it should be, whatever answers. */
const stateColumn = sql<HealthState>`case when not ${isWatched("i")} then 'paused'
  when i.state = 'failed' and m.state is distinct from 'down' then 'degraded'
  else coalesce(m.state, 'unknown') end`;

interface Line {
  id: string;
  slug: string;
  environment: string;
  state: HealthState;
  since: Date | null;
  checked_at: Date | null;
}

const lines = sql`select i.id, i.slug, i.environment, ${stateColumn} as state, m.since,
    (select max(s.checked_at) from atoll.probe_states s where s.instance_id = i.id) as checked_at
  from atoll.instances i left join atoll.monitored m on m.instance_id = i.id`;

const shownLine = ({ slug, environment, state, since, checked_at }: Line) => ({
  instance: slug,
  environment,
  state,
  ...present({
    since: state === "paused" ? undefined : since?.toISOString(),
    checkedAt: checked_at?.toISOString(),
  }),
});

/** How many instances are in which state, which are unwell, and what is open. */
export async function overviewOf(store: Store, everySeconds: number): Promise<MonitorOverview> {
  const [counts, unwell, open] = await Promise.all([
    sql<{ state: HealthState; count: number }>`
      select ${stateColumn} as state, count(*)::integer as count
        from atoll.instances i left join atoll.monitored m on m.instance_id = i.id
       where i.state not in ('removed', 'archived', 'provisioning') group by 1`.execute(store),
    sql<Line>`${lines} where ${stateColumn} in ('down', 'degraded')
      order by m.since desc nulls first limit 100`.execute(store),
    sql<IncidentRow>`select ${incidentColumns} from ${incidentTables} where i.closed_at is null
      order by i.opened_at desc limit 100`.execute(store),
  ]);
  const states = { up: 0, degraded: 0, down: 0, unknown: 0, paused: 0 };
  for (const { state, count } of counts.rows) states[state] += count;
  return {
    states,
    everySeconds,
    unwell: unwell.rows.map(shownLine),
    incidents: open.rows.map(shownIncident),
  };
}

/** How one instance has been; undefined = there is none. */
export async function instanceMonitorOf(
  store: Store,
  slug: string,
  range: MonitorRange,
): Promise<InstanceMonitor | undefined> {
  const { rows } = await sql<Line>`${lines} where i.slug = ${slug}`.execute(store);
  const [line] = rows;
  if (line === undefined) return undefined;
  const { hours, bucketSeconds } = ranges[range];
  const [probes, buckets, uptimes, incidents] = await Promise.all([
    readProbes(store, [line.id]),
    sql<{
      kind: ProbeKind;
      bucket: Date;
      count: number;
      ok: number;
      p50_ms: number | null;
      p95_ms: number | null;
    }>`select kind, bucket, count, ok, p50_ms, p95_ms from atoll.probe_rollups
        where instance_id = ${line.id} and bucket_s = ${bucketSeconds}
          and bucket > clock_timestamp() - make_interval(hours => ${hours}) order by bucket`.execute(store),
    Promise.all(monitorRanges.map((each) => uptimeOf(store, line.id, each))),
    sql<IncidentRow>`select ${incidentColumns} from ${incidentTables} where i.instance_id = ${line.id}
      order by i.opened_at desc limit 20`.execute(store),
  ]);
  const known = probes.get(line.id) ?? new Map();
  return {
    ...shownLine(line),
    probes: probeKinds.flatMap((kind) => {
      const probe = known.get(kind);
      if (probe === undefined) return [];
      return {
        kind,
        verdict: probe.verdict,
        checkedAt: probe.checkedAt.toISOString(),
        since: probe.since.toISOString(),
        ...present({
          provider: probe.provider,
          problem: probe.problem,
          p50Ms: percentile(probe.latencies, 0.5),
          p95Ms: percentile(probe.latencies, 0.95),
        }),
      };
    }),
    uptime: uptimes,
    range,
    bucketSeconds,
    series: probeKinds.flatMap((kind) => {
      const mine = buckets.rows.filter((each) => each.kind === kind);
      if (mine.length === 0) return [];
      return {
        kind,
        buckets: mine.map(({ bucket, count, ok, p50_ms, p95_ms }) => ({
          at: bucket.toISOString(),
          count,
          ok,
          ...present({ p50Ms: p50_ms ?? undefined, p95Ms: p95_ms ?? undefined }),
        })),
      };
    }),
    incidents: incidents.rows.map(shownIncident),
  };
}

/** The share of looks at the page that were good; at the data API where there is no page. */
async function uptimeOf(store: Store, id: string, range: MonitorRange) {
  const { hours, uptimeOf: seconds } = ranges[range];
  const { rows } = await sql<{ share: number }>`
    select (sum(ok)::float8 / sum(count)) as share from atoll.probe_rollups
     where instance_id = ${id} and kind in ('page', 'api') and bucket_s = ${seconds}
       and bucket > clock_timestamp() - make_interval(hours => ${hours})
     group by kind order by kind desc limit 1`.execute(store);
  return { range, ...present({ share: rows[0]?.share }) };
}

/** A part of all incidents, newest first. */
export async function listIncidents(
  store: Store,
  {
    only,
    slug,
    limit,
    cursor,
  }: {
    only?: "open" | "closed" | undefined;
    slug?: string | undefined;
    limit: number;
    cursor?: string | undefined;
  },
): Promise<{ items: Incident[]; nextCursor?: string }> {
  const [at, id] = openCursor(cursor, "time", "text") ?? [];
  const conditions = [
    ...(only === "open" ? [sql`i.closed_at is null`] : []),
    ...(only === "closed" ? [sql`i.closed_at is not null`] : []),
    ...(slug === undefined ? [] : [sql`n.slug = ${slug}`]),
    ...(at === undefined || id === undefined
      ? []
      : [sql`(i.opened_at, i.id) < (${String(at)}::timestamptz, ${String(id)})`]),
  ];
  const where = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`;
  const { rows } = await sql<IncidentRow & { opened: string }>`
    select ${incidentColumns}, i.opened_at::text as opened from ${incidentTables} ${where}
     order by i.opened_at desc, i.id desc limit ${limit + 1}`.execute(store);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(shownIncident),
    ...(rows.length > limit && last && { nextCursor: cursorOf(last.opened, last.id) }),
  };
}
