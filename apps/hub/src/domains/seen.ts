import type { FaultReport } from "@atoll/core/event";
import type { DomainState } from "@atoll/provider-kit/custom-domain";
import { sql } from "kysely";
import type { Store } from "../store/store.ts";
import type { DomainRow } from "./rows.ts";
import { pauseMs, standingOf } from "./standing.ts";

/** What a look at a domain came to. */
export interface Found {
  seen?: DomainState;
  /** Why it could not be looked at. */
  problem?: FaultReport;
}

/** What is known of a domain before it is looked at. */
const knownOf = (row: DomainRow) => ({
  state: row.state ?? ("waiting" as const),
  wasLive: row.live_at !== null,
  isIn: row.verified_at !== null,
  misses: row.misses,
});

/** Would a look that found this change how the domain stands? */
export const isNews = (row: DomainRow, seen: DomainState): boolean =>
  standingOf(seen, knownOf(row)).state !== knownOf(row).state;

/** Writes down what a look found; of the watch's own looks, whose shortest pause is `everyMs`, when the next one is due. */
export async function writeSeen(
  store: Store,
  row: DomainRow,
  { seen, problem }: Found,
  everyMs?: number,
): Promise<void> {
  const before = knownOf(row);
  const was = before.state;
  const { state, misses } = seen ? standingOf(seen, before) : before;
  const tries = state === was && (seen === undefined || state !== "live") ? row.tries + 1 : 0;
  const pause = { state, misses: problem && !seen ? Math.max(1, misses) : misses, tries };
  const now = sql<Date>`clock_timestamp()`;
  await store
    .updateTable("domains")
    .set({
      state,
      misses,
      problem: problem ? JSON.stringify(problem) : null,
      looked_at: now,
      ...(everyMs !== undefined && {
        tries,
        due_at: sql<Date>`clock_timestamp() + ${pauseMs(pause, everyMs)}::float8 * interval '1 millisecond'`,
      }),
      ...(seen && { records: JSON.stringify(seen.records), certificate: JSON.stringify(seen.certificate) }),
      ...(state === "live" && misses === 0 && was !== "live" && { live_at: now, broken_at: null }),
      ...(state === "broken" && was !== "broken" && { broken_at: now }),
    })
    .where("host", "=", row.host)
    .where("site_id", "=", row.site_id)
    .execute();
}
