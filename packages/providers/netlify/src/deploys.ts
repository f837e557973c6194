import type { Http } from "@atoll/provider-kit/http";

/** A deploy as Netlify lists it. Times are ISO 8601. */
export interface DeployBody {
  id: string;
  state: string;
  created_at: string;
  context?: string;
  /** The commit's hash; null for what was uploaded. */
  commit_ref?: string | null;
  deploy_ssl_url?: string;
  error_message?: string | null;
  admin_url?: string;
}

// `rejected` and `error` are bad ends. Everything else, also what Netlify may add one day, is on its way.
const ended = new Set(["ready", "error", "rejected"]);

/** Neither ready nor failed yet. */
export const isUnderWay = ({ state }: DeployBody) => !ended.has(state);

/** Production deploys of a site, newest first; undefined when there is no such site. */
export async function listDeploys(api: Http, siteId: string, atMost = 10): Promise<DeployBody[] | undefined> {
  const list = await api.getOrGone<DeployBody[]>("/sites/{siteId}/deploys", {
    params: { siteId },
    query: { production: true, per_page: atMost },
  });
  return list
    ?.filter(({ context = "production" }) => context === "production")
    .toSorted((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
}

/** Cancels what is being built for production. One that ends at this moment is no error. */
export async function cancelBuilds(api: Http, siteId: string): Promise<void> {
  for (const { id } of ((await listDeploys(api, siteId)) ?? []).filter(isUnderWay)) {
    try {
      await api.post("/deploys/{id}/cancel", { params: { id }, safe: true });
    } catch (error) {
      const now = await api.getOrGone<DeployBody>("/deploys/{id}", { params: { id } });
      if (now && isUnderWay(now)) throw error;
    }
  }
}
