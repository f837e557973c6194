import type { QuotaAccount } from "@atoll/contract/schemas/monitor";
import { sql } from "kysely";
import type { Store } from "../store/store.ts";
import { type Account, expire, freeAtMs, usedOf } from "./account.ts";

const iso = (ms: number) => new Date(ms).toISOString();
/** Fewer than this many unanswered calls in a row are no silence (the governor's own figure). */
const silentCalls = 5;

/** Each account as it is now: what of its limits is used, who waits, and whether it answers. */
export async function listAccounts(store: Store): Promise<QuotaAccount[]> {
  const { rows } = await sql<{ account: string; state: Account; now: number }>`
    select account, state, (extract(epoch from clock_timestamp()) * 1000)::float8 as now from atoll.quotas order by account`.execute(
    store,
  );
  const ids = rows.flatMap(({ state }) => Object.values(state.claims).map(({ instance }) => instance));
  const slugs = new Map(
    ids.length === 0
      ? []
      : (
          await store
            .selectFrom("instances")
            .select(["id", "slug"])
            .where("id", "in", [...new Set(ids)])
            .execute()
        ).map(({ id, slug }) => [id, slug]),
  );
  return rows.map(({ account, state, now }) => shown(account, state, now, slugs));
}

function shown(
  name: string,
  account: Account,
  nowMs: number,
  slugs: ReadonlyMap<string, string>,
): QuotaAccount {
  expire(account, nowMs);
  const [environment = "", provider = ""] = name.split("/");
  const { silence, stopUntilMs } = account;
  const claims = Object.values(account.claims);
  const waiting = claims.map(({ instance, urgent, count, sinceMs, backMs, takes }) => {
    const ends = takes.flatMap(([bucket, points]) => {
      const there = account.buckets[bucket];
      return there === undefined ? [] : [{ of: there.of, atMs: freeAtMs(there, points, nowMs) }];
    });
    const last = ends.toSorted((a, b) => b.atMs - a.atMs)[0];
    const slug = slugs.get(instance);
    return {
      ...(slug !== undefined && { instance: slug }),
      urgent,
      calls: count,
      of: last?.of ?? "an answer",
      since: iso(sinceMs),
      until: iso(Math.max(nowMs, backMs ?? 0, last?.atMs ?? 0)),
    };
  });
  return {
    environment,
    provider,
    instances: new Set(claims.map(({ instance }) => instance).filter((each) => each !== "")).size,
    waiting: waiting.slice(0, 100),
    ...(silence !== undefined &&
      silence.calls >= silentCalls && { silentSince: iso(silence.sinceMs), unanswered: silence.calls }),
    ...(stopUntilMs !== undefined && { stoppedUntil: iso(stopUntilMs) }),
    limits: Object.entries(account.buckets).map(([bucket, each]) => ({
      bucket,
      of: each.of,
      limit: each.limit,
      used: Math.min(each.limit, usedOf(each) + (each.others?.points ?? 0)),
      windowMs: Math.round(each.windowMs),
      ...(each.stopUntilMs !== undefined && { stoppedUntil: iso(each.stopUntilMs) }),
    })),
  };
}
