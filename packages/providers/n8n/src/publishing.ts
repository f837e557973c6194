import type { Http } from "@atoll/provider-kit/http";
import { HttpFault } from "@atoll/provider-kit/http-fault";

const path = "/workflows/{workflowId}";

/** Publishes a workflow (its own id) or takes it off: n8n 2 calls it publish, n8n 1 activate. */
export async function switchTo(api: Http, workflowId: string, active: boolean): Promise<void> {
  const [now, before] = active ? ["publish", "activate"] : ["unpublish", "deactivate"];
  const call = { params: { workflowId }, body: {}, safe: true };
  try {
    await api.post(`${path}/${now}`, call).catch((fault: unknown) => {
      if (!(fault instanceof HttpFault) || (fault.status !== 404 && fault.status !== 405)) throw fault;
      return api.post(`${path}/${before}`, call);
    });
  } catch (fault) {
    throw conflict(fault);
  }
}

/** 409: another published workflow has the webhook path, or a review stands in the way. */
export function conflict(fault: unknown): unknown {
  if (!(fault instanceof HttpFault) || fault.status !== 409 || /review/i.test(fault.what)) return fault;
  return new HttpFault("not-ours", {
    what: `The workflow cannot be published, since another one has its webhook path. ${fault.what}`,
    next: "Unpublish the other workflow or change its path, then retry the run.",
    status: fault.status,
    ...(fault.call && { call: fault.call }),
  });
}
