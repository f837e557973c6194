import { Fault } from "@atoll/core/fault";
import type { Halting } from "@atoll/core/resource";
import type { Http } from "@atoll/provider-kit/http";
import { switchTo } from "./publishing.ts";

/**
 * How a workflow (`workflow id/tag`) is halted: unpublished, so that its triggers and webhooks are off. One that was
 * not published before is halted already; who resumes has to know that, since n8n does not.
 */
export function workflowHalting(api: Http): Halting {
  async function isPublished(workflowId: string): Promise<boolean> {
    const body = await api.getOrGone<{ active: boolean }>("/workflows/{workflowId}", {
      params: { workflowId },
    });
    if (body) return body.active;
    throw new Fault("rejected", {
      what: `The n8n workflow ${workflowId} is gone.`,
      next: 'Run "atoll repair", which makes what is missing.',
    });
  }

  async function turn(id: string, active: boolean): Promise<void> {
    const workflowId = workflowIdIn(id);
    if ((await isPublished(workflowId)) !== active) await switchTo(api, workflowId, active);
  }

  return {
    async observe(id) {
      return { is: (await isPublished(workflowIdIn(id))) ? "going" : "halted" };
    },
    halt: (id) => turn(id, false),
    resume: (id) => turn(id, true),
  };
}

const workflowIdIn = (id: string) => id.split("/")[0] ?? "";
