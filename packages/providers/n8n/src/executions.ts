import type { Http } from "@atoll/provider-kit/http";

/** How often a workflow ran in one step of time. */
export interface ExecutionStep {
  /** Milliseconds since 1970: from this time on. */
  fromMs: number;
  started: number;
  /** Of those, ended with an error or broken off. */
  failed: number;
}

interface ExecutionBody {
  status: string;
  /** Null while it waits for its turn. */
  startedAt: string | null;
}

interface Page {
  data: ExecutionBody[];
  nextCursor: string | null;
}

const failures = new Set(["error", "crashed"]);

/**
 * Counts the executions of a workflow that started from a time on and before another one, in steps of `stepMs` without
 * gaps; the last one may be shorter. n8n keeps them for 14 days and 10,000 of them unless it
 * was set up otherwise, and forgets those that its settings say not to save: what is counted is what it still has.
 */
export async function executionSteps(
  api: Http,
  { workflowId, fromMs, toMs, stepMs }: { workflowId: string; fromMs: number; toMs: number; stepMs: number },
): Promise<ExecutionStep[]> {
  const steps: ExecutionStep[] = Array.from({ length: Math.ceil((toMs - fromMs) / stepMs) }, (_, index) => ({
    fromMs: fromMs + index * stepMs,
    started: 0,
    failed: 0,
  }));
  let cursor: string | null = null;
  for (;;) {
    const page: Page = await api.get<Page>("/executions", {
      query: {
        workflowId,
        // n8n leaves out the very time; older ones know neither of the two, and send everything.
        startedAfter: new Date(fromMs - 1).toISOString(),
        startedBefore: new Date(toMs).toISOString(),
        limit: 250,
        ...(cursor !== null && { cursor }),
      },
    });
    const started = page.data.flatMap(({ status, startedAt }) =>
      startedAt === null ? [] : [{ status, atMs: Date.parse(startedAt) }],
    );
    for (const { status, atMs } of started) {
      const step = atMs < toMs ? steps[Math.floor((atMs - fromMs) / stepMs)] : undefined;
      if (step === undefined) continue;
      step.started += 1;
      if (failures.has(status)) step.failed += 1;
    }
    // The newest come first: below a page that began before the time there is nothing more of it.
    const isPast = started.length > 0 && started.every(({ atMs }) => atMs < fromMs);
    if (page.nextCursor === null || isPast) return steps;
    cursor = page.nextCursor;
  }
}
