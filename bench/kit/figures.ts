/** How long something took, over many times, in milliseconds. */
export interface Spread {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** Sums up times by the nearest rank; of none, all are NaN. */
export function spreadOf(timesMs: readonly number[]): Spread {
  const sorted = timesMs.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
    return Math.round(found * 100) / 100;
  };
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** A line of a table: what, and its spread. */
export const lineOf = (what: string, { p50, p95, p99, max }: Spread): string =>
  `${what.padEnd(28)} ${[p50, p95, p99, max].map((ms) => ms.toFixed(1).padStart(9)).join("")}`;

/** The head of such a table. */
export const head = `${"milliseconds".padEnd(28)} ${["p50", "p95", "p99", "max"].map((each) => each.padStart(9)).join("")}`;
