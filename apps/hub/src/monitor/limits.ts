import type { Quotas } from "@atoll/contract/schemas/monitor";
import type { ObservedCall } from "@atoll/provider-kit/http";
import { sql } from "kysely";
import type { Store } from "../store/store.ts";
import { closeIncident, openIncident, openIncidents, type Telling } from "./incidents.ts";

interface Seen {
  environment: string;
  provider: string;
  bucket: string;
  limit: number;
  remaining: number;
  resetAtMs: number | undefined;
  seenAtMs: number;
}

/** What providers say of their limits, as calls go by. */
export interface Limits {
  /** Hears of the calls of one environment. */
  hears(environment: string): (call: ObservedCall) => void;
  /** Less than a fifth is left of one of an account's limits. */
  isLow(environment: string, provider: string): boolean;
  /** What was heard since the last call of this. */
  take(): Seen[];
}

const ended = ({ resetAtMs }: Seen, nowMs: number) => resetAtMs !== undefined && resetAtMs <= nowMs;

/** Keeps the newest word on each limit in memory; `take` hands on what is new. */
export function openLimits(nowMs: () => number = Date.now): Limits {
  const newest = new Map<string, Seen>();
  const fresh = new Set<string>();
  return {
    hears: (environment) => (call) => {
      if (call.limit === undefined) return;
      const { bucket, limit, remaining, resetAtMs } = call.limit;
      const provider = call.provider.toLowerCase();
      const key = `${environment}/${provider}/${bucket}`;
      newest.set(key, { environment, provider, bucket, limit, remaining, resetAtMs, seenAtMs: nowMs() });
      fresh.add(key);
    },
    isLow: (environment, provider) =>
      [...newest.values()].some(
        (each) =>
          each.environment === environment &&
          each.provider === provider &&
          !ended(each, nowMs()) &&
          each.limit >= smallest &&
          each.remaining < each.limit / 5,
      ),
    take() {
      const some = [...fresh].flatMap((key) => newest.get(key) ?? []);
      fresh.clear();
      return some;
    },
  };
}

/** Limits of a few calls a second are used up all the time, and full again at once: nobody is told. */
const smallest = 50;
/** A window that ends sooner than this helps itself; only when it is low again and again somebody is told. */
const patienceMs = 120_000;

/** Whether somebody has to hear of a limit: less than a tenth is left, and waiting does not help. Pure. */
export function isAlarming(
  { limit, remaining, resetAtMs }: Pick<Seen, "limit" | "remaining" | "resetAtMs">,
  lowForMs: number,
  nowMs: number,
): boolean {
  if (limit < smallest || remaining >= limit / 10) return false;
  return (resetAtMs ?? 0) - nowMs > patienceMs || lowForMs >= patienceMs;
}

/** Writes down what was heard, and begins and ends incidents of limits that are nearly used up. */
export async function noteLimits(telling: Telling, limits: Limits, nowMs = Date.now()): Promise<void> {
  const { store } = telling;
  for (const seen of limits.take()) {
    const isLow = seen.remaining < seen.limit / 10;
    await sql`insert into atoll.provider_limits as l (environment, provider, bucket, "limit", remaining, reset_at, low_since, seen_at)
      values (${seen.environment}, ${seen.provider}, ${seen.bucket}, ${seen.limit}, ${seen.remaining},
              ${seen.resetAtMs === undefined ? null : new Date(seen.resetAtMs)}, ${isLow ? new Date(seen.seenAtMs) : null},
              ${new Date(seen.seenAtMs)})
      on conflict (environment, provider, bucket) do update set "limit" = excluded."limit", remaining = excluded.remaining,
        reset_at = excluded.reset_at, seen_at = excluded.seen_at,
        low_since = case when excluded.low_since is null then null else coalesce(l.low_since, excluded.low_since) end`.execute(
      store,
    );
  }
  const open = await openIncidents(store, "quota/");
  const rows = await readLimits(store);
  for (const row of rows) {
    const subject = `quota/${row.environment}/${row.provider}/${row.bucket}`;
    const known = open.find((each) => each.subject === subject);
    const lowForMs = row.lowSince === undefined ? 0 : nowMs - row.lowSince.getTime();
    const isOver = row.resetAtMs !== undefined && row.resetAtMs <= nowMs;
    if (known === undefined && !isOver && isAlarming(row, lowForMs, nowMs))
      await openIncident(telling, {
        subject,
        cause: "quota-low",
        environment: row.environment,
        provider: row.provider,
        what: `${row.remaining} of ${row.limit} calls are left at ${row.provider} in "${row.environment}".`,
        next: "Runs wait by themselves until the window ends; start fewer at once, or ask the provider for more.",
      });
    if (known !== undefined && (isOver || row.remaining >= row.limit / 5))
      await closeIncident(telling, { id: known.id, ending: "Enough calls are left again." });
  }
}

async function readLimits(store: Store) {
  const { rows } = await sql<{
    environment: string;
    provider: string;
    bucket: string;
    limit: number;
    remaining: number;
    reset_at: Date | null;
    low_since: Date | null;
    seen_at: Date;
  }>`select * from atoll.provider_limits order by environment, provider, bucket`.execute(store);
  return rows.map(({ reset_at, low_since, seen_at, ...row }) => ({
    ...row,
    resetAtMs: reset_at?.getTime(),
    lowSince: low_since ?? undefined,
    seenAt: seen_at,
  }));
}

/** The newest word on each limit. A window that has ended since is full again. */
export async function listQuotas(store: Store, nowMs = Date.now()): Promise<Quotas["items"]> {
  return (await readLimits(store)).map(
    ({ environment, provider, bucket, limit, remaining, resetAtMs, seenAt }) => {
      const left = resetAtMs !== undefined && resetAtMs <= nowMs ? limit : remaining;
      return {
        environment,
        provider,
        bucket,
        limit,
        remaining: left,
        share: left / limit,
        seenAt: seenAt.toISOString(),
        ...(resetAtMs !== undefined && { resetAt: new Date(resetAtMs).toISOString() }),
      };
    },
  );
}
