/** A step with how long its own work took, from the moment its needs were there. */
export interface TimedStep {
  step: string;
  needs: readonly string[];
  durationMs: number;
}

/**
 * The chain of steps that decides how long the whole takes when everything else overlaps with it.
 * `steps` stand in an order in which each needs only earlier ones.
 */
export function criticalPath(steps: readonly TimedStep[]): {
  steps: string[];
  durationMs: number;
  sumMs: number;
} {
  const longest = new Map<string, { steps: string[]; durationMs: number }>();
  let best = { steps: [] as string[], durationMs: 0 };
  let sumMs = 0;
  for (const { step, needs, durationMs } of steps) {
    const before = needs
      .map((need) => longest.get(need))
      .filter((each) => each !== undefined)
      .reduce((a, b) => (b.durationMs > a.durationMs ? b : a), { steps: [] as string[], durationMs: 0 });
    const path = { steps: [...before.steps, step], durationMs: before.durationMs + durationMs };
    longest.set(step, path);
    if (path.durationMs > best.durationMs) best = path;
    sumMs += durationMs;
  }
  return { ...best, sumMs };
}
