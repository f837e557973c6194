import type { Http } from "@atoll/provider-kit/http";

/** How many deployments a project got in one step of time. */
export interface DeploymentStep {
  /** Milliseconds since 1970: from this time on. */
  fromMs: number;
  /** Of every target, previews too. */
  created: number;
  production: number;
  failed: number;
}

interface Page {
  deployments: { created: number; target?: string | null; readyState?: string; state?: string }[];
  pagination: { next: number | null };
}

/**
 * Counts the deployments of a project (id or name) that were begun from a time on and before another one, whatever
 * became of them, in steps of `stepMs` without gaps; the last one may be shorter.
 */
export async function deploymentSteps(
  api: Http,
  { projectId, fromMs, toMs, stepMs }: { projectId: string; fromMs: number; toMs: number; stepMs: number },
): Promise<DeploymentStep[]> {
  const steps: DeploymentStep[] = Array.from({ length: Math.ceil((toMs - fromMs) / stepMs) }, (_, index) => ({
    fromMs: fromMs + index * stepMs,
    created: 0,
    production: 0,
    failed: 0,
  }));
  let until: number | null = toMs;
  while (until !== null) {
    const page: Page = await api.get<Page>("/v6/deployments", {
      // Vercel leaves out both of the very times.
      query: { projectId, since: fromMs - 1, until, limit: 100 },
    });
    for (const { created, target, readyState, state } of page.deployments) {
      const step = created < toMs ? steps[Math.floor((created - fromMs) / stepMs)] : undefined;
      if (step === undefined) continue;
      step.created += 1;
      if (target === "production") step.production += 1;
      if ((readyState ?? state) === "ERROR") step.failed += 1;
    }
    // What does not go back in time would never end.
    const next: number | null = page.pagination.next;
    until = next !== null && next < until ? next : null;
  }
  return steps;
}
