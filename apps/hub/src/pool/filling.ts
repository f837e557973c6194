import type { PoolSettings } from "@atoll/contract/schemas/pool";
import type { PoolRow } from "./rows.ts";

/** What is to be begun at an environment, so that as many are ready as are wanted. */
export interface Filling {
  /** A region for each project that is to be made. */
  make: string[];
  /** Those that nobody claimed in time. */
  old: PoolRow[];
  /** Those that are no longer wanted and were not begun. */
  surplus: PoolRow[];
}

const dayMs = 86_400_000;

/** One that is, or may become, ready. */
const counts = ({ state }: PoolRow) => state === "making" || state === "ready" || state === "failed";
const isBegun = ({ ref, begun_ms_ago }: PoolRow) => ref !== null || begun_ms_ago !== null;

/** Compares what stands in one environment with what is wanted there. Pure. */
export function fillingOf(rows: readonly PoolRow[], settings: PoolSettings, environment: string): Filling {
  const old = rows.filter(
    ({ state, ready_ms_ago }) =>
      state === "ready" && ready_ms_ago !== null && ready_ms_ago > settings.maxAgeDays * dayMs,
  );
  const standing = rows.filter((row) => counts(row) && !old.includes(row));
  const sizes = settings.sizes.filter((each) => each.environment === environment);
  const regions = new Set([...sizes, ...standing].map(({ region }) => region));
  const make: string[] = [];
  const surplus: PoolRow[] = [];
  for (const region of regions) {
    const wanted = sizes.find((each) => each.region === region)?.count ?? 0;
    const here = standing.filter((each) => each.region === region);
    for (let count = here.length; count < wanted; count++) make.push(region);
    const unbegun = here.filter((row) => row.state !== "ready" && !isBegun(row));
    surplus.push(...unbegun.slice(0, Math.max(0, here.length - wanted)));
  }
  return { make, old, surplus };
}
