/** Steps as a blueprint lists them: each needs only earlier ones. */
type Listed = readonly { step: string; needs: readonly string[] }[];

/** Names of these steps and of all that need them, directly or not: what may have to follow when they change. */
export function withDependents(steps: Listed, chosen: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { step, needs } of steps)
    if (chosen.includes(step) || needs.some((need) => found.has(need))) found.add(step);
  return found;
}
