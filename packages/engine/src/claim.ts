import { claimStep, releaseStep } from "./journal/claims.ts";
import type { Runtime } from "./runtime.ts";

/**
 * Does `work` while nobody else is inside the same step of the same instance; undefined when somebody is.
 * A cancelled run's call in flight thus ends before its undo looks, and a retry waits for it too.
 */
export async function alone<T>(
  rt: Runtime,
  instanceId: string,
  step: string,
  work: () => Promise<T>,
  isLight = false,
): Promise<T | undefined> {
  const key = `${instanceId}/${step}`;
  if (rt.inside.has(key)) return undefined;
  rt.inside.add(key);
  try {
    if (!(await claimStep(rt.db.query, instanceId, step, rt.executorId, isLight))) return undefined;
    try {
      return await work();
    } finally {
      await releaseStep(rt.db.query, instanceId, step, rt.executorId, isLight);
    }
  } finally {
    rt.inside.delete(key);
  }
}
