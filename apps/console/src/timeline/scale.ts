/** A time axis from which long idle stretches are cut out. */
export interface Scale {
  /** Where a moment is, from 0 (start) to 1 (end). */
  place(ms: number): number;
  /** Length of what is shown, in milliseconds. */
  lengthMs: number;
  /** Cuts: where, and how much time was left out. */
  cuts: { at: number; leftOutMs: number }[];
  /** Marks of a round distance, in shown time. */
  ticks: { at: number; ms: number }[];
}

const roundMs = [100, 200, 500, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400].map(
  (each, index) => (index < 3 ? each : each * 1000),
);

/** A round distance of marks, so that there are at most `most` of them. */
export function tickMs(lengthMs: number, most: number): number {
  return (
    roundMs.find((each) => lengthMs / each <= most) ?? Math.ceil(lengthMs / most / 14_400_000) * 14_400_000
  );
}

/** Lays stretches of time on an axis; where nothing happens for longer than `idleMs`, the axis is cut. */
export function scaleOf(
  stretches: readonly { fromMs: number; toMs: number }[],
  { idleMs = 60_000, ticks: most = 6 }: { idleMs?: number; ticks?: number } = {},
): Scale {
  const kept: { fromMs: number; toMs: number; beforeMs: number }[] = [];
  for (const { fromMs, toMs } of [...stretches].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = kept.at(-1);
    if (last !== undefined && fromMs - last.toMs <= idleMs) last.toMs = Math.max(last.toMs, toMs);
    else kept.push({ fromMs, toMs, beforeMs: 0 });
  }
  let lengthMs = 0;
  for (const each of kept) {
    each.beforeMs = lengthMs;
    lengthMs += each.toMs - each.fromMs;
  }
  // A run of no length at all still has an axis.
  lengthMs = Math.max(lengthMs, 1);
  const place = (ms: number) => {
    const at = kept.findLast((each) => each.fromMs <= ms);
    if (at === undefined) return 0;
    return (at.beforeMs + Math.min(ms, at.toMs) - at.fromMs) / lengthMs;
  };
  const cuts = kept.slice(1).map((each, index) => ({
    at: each.beforeMs / lengthMs,
    leftOutMs: each.fromMs - (kept[index]?.toMs ?? each.fromMs),
  }));
  const every = tickMs(lengthMs, most);
  const ticks = Array.from({ length: Math.floor(lengthMs / every) + 1 }, (_, index) => ({
    at: (index * every) / lengthMs,
    ms: index * every,
  }));
  return { place, lengthMs, cuts, ticks };
}
