import { Fault } from "@atoll/core/fault";
import type { Deployed, Deployments } from "@atoll/provider-kit/deployments";
import type { Http } from "@atoll/provider-kit/http";
import { type DeployBody, isUnderWay, listDeploys } from "./deploys.ts";
import { publish, readPublished } from "./published.ts";

const listedAtMost = 50;

/**
 * Production deploys of Netlify sites (UUIDs). Going back publishes an earlier one and locks it, so that, as at other
 * hosts, no newer one takes its place by itself.
 */
export function deployments(api: Http): Deployments {
  async function ofSite(siteId: string, id: string): Promise<DeployBody | undefined> {
    const body = await api.getOrGone<DeployBody & { site_id?: string }>("/deploys/{id}", { params: { id } });
    return body?.site_id === siteId ? body : undefined;
  }

  async function mustHave(siteId: string, id: string): Promise<DeployBody> {
    const body = await ofSite(siteId, id);
    if (body) return body;
    throw new Fault("rejected", {
      what: `The Netlify site ${siteId} does not have the deploy ${id} (any more).`,
      next: "Choose one of the deployments that are listed.",
    });
  }

  async function put(siteId: string, id: string, locked: boolean): Promise<void> {
    const { state } = await mustHave(siteId, id);
    if (state !== "ready")
      throw new Fault("rejected", {
        what: `The deploy ${id} is "${state}": only one that is ready can be published.`,
        next: "Choose another deployment.",
      });
    await publish(api, siteId, id, locked);
  }

  return {
    previewsNeed: "Turn Deploy Previews on for its site at Netlify.",

    async list(siteId) {
      const bodies = await listDeploys(api, siteId, listedAtMost);
      if (!bodies) return [];
      const { deploy } = await readPublished(api, siteId);
      return bodies.map((body) => deployedOf(body, deploy?.id));
    },

    async preview(siteId, commit) {
      const list = await api.getOrGone<DeployBody[]>("/sites/{siteId}/deploys", {
        params: { siteId },
        query: { "deploy-previews": true, per_page: listedAtMost },
      });
      return (list ?? [])
        .filter(({ commit_ref }) => commit_ref === commit)
        .map((body) => deployedOf(body, undefined))
        .toSorted((a, b) => b.createdAt - a.createdAt)[0];
    },

    async one(siteId, id) {
      const body = await ofSite(siteId, id);
      return body && deployedOf(body, (await readPublished(api, siteId)).deploy?.id);
    },

    /** Netlify builds the newest commit of the production branch, and no other. */
    async redeploy(siteId, id) {
      const { commit_ref } = await mustHave(siteId, id);
      const [newest] = (await listDeploys(api, siteId)) ?? [];
      if (commit_ref !== newest?.commit_ref)
        throw new Fault("rejected", {
          what: "Netlify builds the newest commit only, and this deployment is of an earlier one.",
          next: "Roll back to it, which needs no build, or redeploy the newest one.",
        });
      const made = await api.post<{ deploy_id: string }>("/sites/{siteId}/builds", {
        params: { siteId },
        query: { title: "Atoll" },
      });
      return made.deploy_id;
    },

    rollBack: (siteId, id) => put(siteId, id, true),
    promote: (siteId, id) => put(siteId, id, false),
  };
}

function deployedOf(body: DeployBody, currentId: string | undefined): Deployed {
  const { id, state, created_at, commit_ref, deploy_ssl_url, error_message } = body;
  const isCancelled = state === "error" && /cancell?ed/i.test(error_message ?? "");
  return {
    id,
    ...(commit_ref && { commit: commit_ref }),
    createdAt: Date.parse(created_at),
    state: isUnderWay(body) ? "building" : state === "ready" ? "ready" : isCancelled ? "cancelled" : "failed",
    ...(deploy_ssl_url && { url: deploy_ssl_url }),
    isCurrent: id === currentId,
  };
}
