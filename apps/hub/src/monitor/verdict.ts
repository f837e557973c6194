import type { HealthState, ProbeKind, ProbeVerdict } from "@atoll/contract/schemas/monitor";

/** What one look at one thing found. */
export interface Found {
  ok: boolean;
  /** Milliseconds until the answer was there. */
  latencyMs?: number;
  /** What is wrong, in plain words. */
  problem?: string;
  /** What else the answer told: the API says that its database is away, a certificate says when it ends. */
  hint?: "database" | "expired" | "expiring";
}

/** What is known of one thing of an instance: its last looks, the newest last. */
export interface ProbeState extends Found {
  verdict: ProbeVerdict;
  /** At most `looksKept`. */
  recent: boolean[];
  /** Milliseconds of good answers, at most `latenciesKept`. */
  latencies: number[];
}

const looksKept = 5;
const latenciesKept = 20;
/** So many looks one after another, or of the last five, make a thing down; so many one after another make it up. */
const enough = 3;

const lastAre = (looks: readonly boolean[], ok: boolean, count: number) =>
  looks.length >= count && looks.slice(-count).every((each) => each === ok);

/**
 * The verdict on a thing by its last looks and the verdict before. Down: three failed in a row, or three of five. Up
 * again: three good ones in a row; in between it stays as it was, so that what flaps is told once.
 */
function verdictOf(recent: readonly boolean[], before: ProbeVerdict): ProbeVerdict {
  const failed = recent.slice(-looksKept).filter((ok) => !ok).length;
  if (recent.length === 0) return "unknown";
  if (before === "down") return lastAre(recent, true, enough) ? "up" : "down";
  if (failed >= enough) return "down";
  return recent.at(-1) ? "up" : "failing";
}

/** What is known after one more look. */
export function afterLook(before: ProbeState | undefined, found: Found): ProbeState {
  const recent = [...(before?.recent ?? []), found.ok].slice(-looksKept);
  const latencies = [
    ...(before?.latencies ?? []),
    ...(found.ok && found.latencyMs !== undefined ? [found.latencyMs] : []),
  ].slice(-latenciesKept);
  return {
    ...found,
    recent,
    latencies,
    // What a certificate says of itself is so: no second look is needed.
    verdict:
      found.hint === "expired"
        ? "down"
        : found.ok && before?.hint === "expired"
          ? "up"
          : verdictOf(recent, before?.verdict ?? "unknown"),
  };
}

/** A percentile (0 to 1) by nearest rank; undefined of nothing. */
export function percentile(values: readonly number[], part: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
}

/**
 * Whether a thing is slow. It becomes so when the 95th percentile of its last looks is over the budget and three of the
 * last five still are; it ends when all of the last five are within it.
 */
export function isSlow(latencies: readonly number[], budgetMs: number, before: boolean): boolean {
  const last = latencies.slice(-looksKept);
  const over = last.filter((each) => each > budgetMs).length;
  if (before) return over > 0;
  return latencies.length >= looksKept && over >= enough && (percentile(latencies, 0.95) ?? 0) > budgetMs;
}

/** Things without which nobody can use an instance. */
const vital: readonly ProbeKind[] = ["page", "api", "auth", "database", "project"];

/** How an instance is, by the verdicts on all its things. */
export function stateOf(
  probes: ReadonlyMap<ProbeKind, Pick<ProbeState, "verdict" | "hint">>,
  slow: boolean,
): Exclude<HealthState, "paused"> {
  const all = [...probes];
  if (all.length === 0) return "unknown";
  if (
    all.some(
      ([kind, { verdict, hint }]) => verdict === "down" && (vital.includes(kind) || hint === "expired"),
    )
  )
    return "down";
  if (slow || all.some(([, { verdict, hint }]) => verdict === "down" || hint !== undefined))
    return "degraded";
  return all.every(([, { verdict }]) => verdict === "unknown") ? "unknown" : "up";
}
