import type { Http } from "@atoll/provider-kit/http";

/** How many deployments a project got between two times. */
export interface DeploymentCount {
  projectId: string;
  /** Milliseconds since 1970: from this time on, and before that one. */
  fromMs: number;
  toMs: number;
  /** Of every target, previews too. */
  created: number;
  production: number;
  failed: number;
}

interface Page {
  deployments: { created: number; target?: string | null; readyState?: string; state?: string }[];
  pagination: { next: number | null };
}

/** Counts the deployments of a project (id or name) that were begun in a time, whatever became of them. */
export async function deploymentCount(
  api: Http,
  { projectId, fromMs, toMs }: { projectId: string; fromMs: number; toMs: number },
): Promise<DeploymentCount> {
  const count: DeploymentCount = { projectId, fromMs, toMs, created: 0, production: 0, failed: 0 };
  let until: number | null = toMs;
  while (until !== null) {
    const page: Page = await api.get<Page>("/v6/deployments", {
      // Vercel leaves out both of the very times.
      query: { projectId, since: fromMs - 1, until, limit: 100 },
    });
    for (const { created, target, readyState, state } of page.deployments) {
      if (created < fromMs || created >= toMs) continue;
      count.created += 1;
      if (target === "production") count.production += 1;
      if ((readyState ?? state) === "ERROR") count.failed += 1;
    }
    // What does not go back in time would never end.
    const next: number | null = page.pagination.next;
    until = next !== null && next < until ? next : null;
  }
  return count;
}
