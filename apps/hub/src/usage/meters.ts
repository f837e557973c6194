import { executionSteps } from "@atoll/n8n/executions";
import { deploySteps } from "@atoll/netlify/usage";
import type { Http } from "@atoll/provider-kit/http";
import type { SupabaseApi } from "@atoll/supabase/api";
import { type RequestUsage, requestUsage } from "@atoll/supabase/usage";
import { deploymentSteps } from "@atoll/vercel/usage";

/** From a time on and before another one, in steps. Milliseconds. */
interface Span {
  fromMs: number;
  toMs: number;
  stepMs: number;
}

interface Step {
  /** Milliseconds since 1970. */
  fromMs: number;
  count: number;
  failed: number;
}

/** What the providers of an environment count by themselves. Throws `Fault`s. */
export interface Meters {
  /** Calls of a project's APIs (by its ref); undefined = there is no such project. */
  requests(ref: string, interval: "1day" | "3day" | "7day", nowMs: number): Promise<RequestUsage | undefined>;
  /** Executions of a workflow (by its recorded id, `WORKFLOWID/TAG`) that began. */
  executions(id: string, span: Span): Promise<Step[]>;
  /** Deployments of a host's site (by its kind and id) that began; undefined = that host is not counted. */
  deployments(kind: string, id: string, span: Span): Promise<Step[] | undefined>;
}

interface Apis {
  supabase: SupabaseApi;
  n8n: Http;
  vercel: Http;
  netlify: Http | undefined;
}

/** Asks the providers by these clients. */
export function metersOf({ supabase, n8n, vercel, netlify }: Apis): Meters {
  return {
    requests: (ref, interval, nowMs) => requestUsage(supabase, ref, { interval, now: () => nowMs }),

    executions: async (id, span) =>
      (await executionSteps(n8n, { workflowId: id.split("/")[0] ?? "", ...span })).map(
        ({ started, ...step }) => ({
          ...step,
          count: started,
        }),
      ),

    async deployments(kind, id, span) {
      if (kind === "vercel.project")
        return (await deploymentSteps(vercel, { projectId: id, ...span })).map(
          ({ fromMs, created, failed }) => ({ fromMs, count: created, failed }),
        );
      if (kind !== "netlify.site" || netlify === undefined) return undefined;
      return (await deploySteps(netlify, { siteId: id, ...span })).map(({ created, ...step }) => ({
        ...step,
        count: created,
      }));
    },
  };
}
