import type { TimedStep } from "@atoll/core/critical-path";
import type { BareStep } from "./bare.ts";

/** How long things take at the providers, in milliseconds of their time, as the local cloud tells it. */
export interface Latencies {
  callMs: number;
  supabaseReadyMs: number;
  keysMs: number;
  repositoryFillMs: number;
  buildMs: number;
}

/** Steps that wait for what the provider does by itself, and since when that goes on. */
const settles: Record<string, { takes: keyof Latencies; since: string }> = {
  "api-keys": { takes: "keysMs", since: "project" },
  database: { takes: "supabaseReadyMs", since: "project" },
  repository: { takes: "repositoryFillMs", since: "repository" },
  deployment: { takes: "buildMs", since: "deployment" },
};

/**
 * The least that each step can take: its calls, and what the provider needs by itself. Each is cut where its thing is
 * made, since the provider's own work begins there, when the call arrives, and not when the step has seen it.
 */
export function floors(steps: readonly BareStep[], latencies: Latencies): TimedStep[] {
  return steps.flatMap(({ step, needs, rounds, roundsUntilMade }) => {
    const settle = settles[step];
    const before = Math.max(0, roundsUntilMade - 1) * latencies.callMs;
    const after = rounds * latencies.callMs - before;
    const made = { step: `${step} (made)`, needs, durationMs: before };
    if (settle === undefined) return [made, { step, needs: [made.step], durationMs: after }];
    // The provider begins before it answers: that call is part of the settling.
    if (settle.since === step) {
      const durationMs = after - latencies.callMs + latencies[settle.takes];
      return [made, { step, needs: [made.step], durationMs }];
    }
    const settled = {
      step: `${step} (settled)`,
      needs: [`${settle.since} (made)`],
      durationMs: latencies[settle.takes],
    };
    return [settled, made, { step, needs: [made.step, settled.step], durationMs: after }];
  });
}

/** The same, one step at a time: what a provider does by itself still goes on while other steps have their turn. */
export function oneAfterTheOther(timed: readonly TimedStep[]): number {
  const ends = new Map<string, number>();
  let now = 0;
  for (const { step, needs, durationMs } of timed) {
    const since = Math.max(0, ...needs.map((need) => ends.get(need) ?? 0));
    if (step.endsWith("(settled)")) ends.set(step, since + durationMs);
    else {
      now = Math.max(now, since) + durationMs;
      ends.set(step, now);
    }
  }
  return now;
}
