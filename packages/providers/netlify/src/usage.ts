import type { Http } from "@atoll/provider-kit/http";
import type { DeployBody } from "./deploys.ts";

/** How many deploys a site got in one step of time. */
export interface DeployStep {
  /** Milliseconds since 1970: from this time on. */
  fromMs: number;
  /** Of every context, previews too. */
  created: number;
  failed: number;
}

const pageSize = 100;
// A site that gets more in a month than this is counted up to here: a list that never ends would never be told.
const pagesAtMost = 100;

/**
 * Counts the deploys of a site (UUID) that were begun from a time on and before another one, whatever became of them,
 * in steps of `stepMs` without gaps; the last one may be shorter.
 */
export async function deploySteps(
  api: Http,
  { siteId, fromMs, toMs, stepMs }: { siteId: string; fromMs: number; toMs: number; stepMs: number },
): Promise<DeployStep[]> {
  const steps: DeployStep[] = Array.from({ length: Math.ceil((toMs - fromMs) / stepMs) }, (_, index) => ({
    fromMs: fromMs + index * stepMs,
    created: 0,
    failed: 0,
  }));
  for (let page = 1; page <= pagesAtMost; page++) {
    const list = await api.getOrGone<DeployBody[]>("/sites/{siteId}/deploys", {
      params: { siteId },
      query: { page, per_page: pageSize },
    });
    for (const { created_at, state } of list ?? []) {
      const atMs = Date.parse(created_at);
      const step = atMs < toMs ? steps[Math.floor((atMs - fromMs) / stepMs)] : undefined;
      if (step === undefined) continue;
      step.created += 1;
      if (state === "error") step.failed += 1;
    }
    // The newest come first.
    const last = list?.at(-1);
    if (last === undefined || (list?.length ?? 0) < pageSize || Date.parse(last.created_at) < fromMs) break;
  }
  return steps;
}
