import type { InstanceMonitor } from "@atoll/contract/schemas/monitor";

export type Bucket = InstanceMonitor["series"][number]["buckets"][number];

/** A stretch of time with what was measured in it; `share` is undefined where nobody looked. */
export interface Bar {
  fromMs: number;
  toMs: number;
  count: number;
  share: number | undefined;
}

/** Buckets put together into so many bars that end now; gaps stay gaps. */
export function barsOf(
  buckets: readonly Bucket[],
  { bars, spanMs, nowMs }: { bars: number; spanMs: number; nowMs: number },
): Bar[] {
  const widthMs = spanMs / bars;
  const begin = nowMs - spanMs;
  return Array.from({ length: bars }, (_, index) => {
    const fromMs = begin + index * widthMs;
    const toMs = fromMs + widthMs;
    const mine = buckets.filter(({ at }) => {
      const atMs = Date.parse(at);
      // What began before the first bar is a part of it.
      return (atMs >= fromMs || index === 0) && atMs < toMs;
    });
    const count = mine.reduce((sum, each) => sum + each.count, 0);
    const ok = mine.reduce((sum, each) => sum + each.ok, 0);
    return { fromMs, toMs, count, share: count === 0 ? undefined : ok / count };
  });
}

/** How a bar looks: all good, some failed, or a tenth and more. */
export function toneOf({ share }: Bar): "good" | "wait" | "bad" | "none" {
  if (share === undefined) return "none";
  if (share === 1) return "good";
  return share >= 0.9 ? "wait" : "bad";
}

const steps = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000];

/** The round number of milliseconds on top of a plot. */
export const topOf = (highestMs: number): number => steps.find((each) => each >= highestMs) ?? highestMs;

/** A line as SVG paths in a box of `width` × `height`; it breaks where nothing was measured for three buckets. */
export function linesOf(
  buckets: readonly Bucket[],
  pick: (bucket: Bucket) => number | undefined,
  box: { width: number; height: number; topMs: number; fromMs: number; toMs: number; bucketMs: number },
): string {
  const { width, height, topMs, fromMs, toMs, bucketMs } = box;
  let path = "";
  let beforeMs: number | undefined;
  for (const bucket of buckets) {
    const value = pick(bucket);
    if (value === undefined) continue;
    const atMs = Date.parse(bucket.at);
    const x = Math.max(0, ((atMs - fromMs) / (toMs - fromMs)) * width);
    const y = height - (Math.min(value, topMs) / topMs) * height;
    const breaks = beforeMs === undefined || atMs - beforeMs > 3 * bucketMs;
    path += `${breaks ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
    beforeMs = atMs;
  }
  return path;
}
