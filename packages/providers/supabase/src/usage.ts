import type { SqlSession } from "@atoll/fleet/session";
import type { SupabaseApi } from "./api.ts";

/** Calls of a project's APIs in one step of time. */
interface RequestStep {
  /** Milliseconds since 1970. */
  fromMs: number;
  auth: number;
  realtime: number;
  rest: number;
  storage: number;
}

/** Calls of a project's APIs, step by step and without gaps; the last step is still going on. */
export interface RequestUsage {
  /** Milliseconds since 1970: the first step begins then, and the last one ends then. */
  fromMs: number;
  toMs: number;
  stepMs: number;
  steps: RequestStep[];
}

interface CountsBody {
  result?: {
    timestamp: string;
    total_auth_requests: number;
    total_realtime_requests: number;
    total_rest_requests: number;
    total_storage_requests: number;
  }[];
  error?: unknown;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** How far back, in Supabase's words, and the steps in which it is told. */
const spans = {
  "1hr": { stepMs: minuteMs, count: 60 },
  "1day": { stepMs: hourMs, count: 24 },
  "3day": { stepMs: hourMs, count: 72 },
  "7day": { stepMs: 24 * hourMs, count: 7 },
} as const;

/**
 * Reads how often the APIs of a project (its ref) were called: the last hour by minutes, days by hours, or week by days.
 * Supabase leaves out steps without a call, and takes 30 such questions a minute for a project. Undefined = no project.
 */
export async function requestUsage(
  api: SupabaseApi,
  ref: string,
  { interval, now }: { interval: keyof typeof spans; now: () => number },
): Promise<RequestUsage | undefined> {
  const body = await api.http.getOrGone<CountsBody>(
    "/v1/projects/{ref}/analytics/endpoints/usage.api-counts",
    { params: { ref }, query: { interval } },
  );
  if (!body) return undefined;
  const { stepMs, count } = spans[interval];
  const start = (atMs: number) => atMs - (atMs % stepMs);
  const toMs = start(now()) + stepMs;
  const fromMs = toMs - count * stepMs;
  const steps = Array.from({ length: count }, (_, index) => ({
    fromMs: fromMs + index * stepMs,
    auth: 0,
    realtime: 0,
    rest: 0,
    storage: 0,
  }));
  for (const row of body.result ?? []) {
    const step = steps[(start(timeOf(row.timestamp)) - fromMs) / stepMs];
    if (!step) continue;
    step.auth += row.total_auth_requests;
    step.realtime += row.total_realtime_requests;
    step.rest += row.total_rest_requests;
    step.storage += row.total_storage_requests;
  }
  return { fromMs, toMs, stepMs, steps };
}

/** A time of the analytics: it is UTC, also where it does not say so. */
function timeOf(timestamp: string): number {
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(timestamp) ? timestamp : `${timestamp.replace(" ", "T")}Z`);
}

/** What stands in a project's database at a time. */
export interface DatabaseUsage {
  /** Milliseconds since 1970, by the database's clock. */
  atMs: number;
  /** With indexes, and what Auth and Storage keep. */
  sizeBytes: number;
  /** Rows of all tables in `public`; large tables are estimated by the database's own statistics. */
  rows: number;
  /** Accounts, and of those the ones that signed in within `activeDays`. */
  users: number;
  activeUsers: number;
  activeDays: number;
}

const activeDays = 30;
// Counting a table reads it whole. Above so many rows, as far as the statistics know, these are taken.
const countedRowsAtMost = 50_000;

const usageSql = `
select
  (extract(epoch from now()) * 1000)::bigint as at_ms,
  pg_database_size(current_database())::bigint as size_bytes,
  (select coalesce(sum(case
      when c.reltuples > ${countedRowsAtMost} then c.reltuples::bigint
      else (regexp_match(
        query_to_xml(format('select count(*) as n from %I.%I', n.nspname, c.relname), false, true, '')::text,
        '<n>([0-9]+)</n>'))[1]::bigint
    end), 0)::bigint
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind = 'r') as rows,
  (select count(*) from auth.users where deleted_at is null)::bigint as users,
  (select count(*) from auth.users
    where deleted_at is null and last_sign_in_at > now() - interval '${activeDays} days')::bigint as active_users`;

/** Measures a project's database with one statement, which writes nothing. */
export async function databaseUsage(session: SqlSession): Promise<DatabaseUsage> {
  const [row = {}] = await session.query(usageSql, { reads: true });
  // The endpoint gives numbers, a connection gives texts.
  const number = (name: string) => Number(row[name] ?? Number.NaN);
  return {
    atMs: number("at_ms"),
    sizeBytes: number("size_bytes"),
    rows: number("rows"),
    users: number("users"),
    activeUsers: number("active_users"),
    activeDays,
  };
}
