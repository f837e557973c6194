import type { UsageBucket, UsageRange } from "@atoll/contract/schemas/usage";

/** A stretch of time on a plot; `bucket` is undefined where nothing was counted at all. */
export interface Slot {
  at: Date;
  bucket: UsageBucket | undefined;
}

const hourMs = 3_600_000;

/** All hours, days or months of a range in UTC, the newest last; gaps stay gaps. */
export function slotsOf(range: UsageRange, buckets: readonly UsageBucket[], nowMs: number): Slot[] {
  const now = new Date(nowMs);
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  const beginning = {
    "24h": (back: number) => new Date(nowMs - (nowMs % hourMs) - back * hourMs),
    "30d": (back: number) => new Date(Date.UTC(year, month, day - back)),
    "12m": (back: number) => new Date(Date.UTC(year, month - back)),
  }[range];
  const count = { "24h": 24, "30d": 30, "12m": 12 }[range];
  const known = new Map(buckets.map((bucket) => [Date.parse(bucket.at), bucket]));
  return Array.from({ length: count }, (_, index) => {
    const at = beginning(count - 1 - index);
    return { at, bucket: known.get(at.getTime()) };
  });
}

/** The round number on top of a plot: 1, 2 or 5 with noughts. */
export function topOf(highest: number): number {
  if (highest <= 1) return 1;
  const tens = 10 ** Math.floor(Math.log10(highest));
  return [1, 2, 5, 10].map((each) => each * tens).find((each) => each >= highest) ?? highest;
}
