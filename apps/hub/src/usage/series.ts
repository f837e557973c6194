import type { UsageBucket, UsageRange } from "@atoll/contract/schemas/usage";
import { sql } from "kysely";
import type { Store } from "../store/store.ts";
import { columns, countNames, shownCounts } from "./counts.ts";
import { hourOf } from "./measure.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The width of a range's buckets, and when the first of them begins. */
function reachOf(range: UsageRange, nowMs: number): { bucket: "hour" | "day" | "month"; from: Date } {
  if (range === "24h") return { bucket: "hour", from: new Date(hourOf(nowMs) - 23 * hourMs) };
  if (range === "30d") return { bucket: "day", from: new Date(nowMs - (nowMs % dayMs) - 29 * dayMs) };
  const now = new Date(nowMs);
  return { bucket: "month", from: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 11)) };
}

/** What one instance (by its id) used, or all of them together, in buckets; those without anything are left out. */
export async function seriesOf(
  store: Store,
  { id, range, nowMs }: { id?: string; range: UsageRange; nowMs: number },
): Promise<{ range: UsageRange; bucket: "hour" | "day" | "month"; buckets: UsageBucket[] }> {
  const { bucket, from } = reachOf(range, nowMs);
  const { rows } = await sql<Record<string, unknown> & { at: Date; hours: number }>`
    select at, sum(hours)::float8 as hours,
        ${sql.join(countNames.map((name) => sql`sum(${sql.id(columns[name])})::float8 as ${sql.id(columns[name])}`))}
      from atoll.usage where width = ${bucket} and at >= ${from} ${id === undefined ? sql`` : sql`and instance_id = ${id}`}
     group by at order by at`.execute(store);
  return {
    range,
    bucket,
    buckets: rows.map((row) => ({ at: row.at.toISOString(), hours: row.hours, ...shownCounts(row) })),
  };
}
