import { Fault } from "@atoll/core/fault";
import type { Deployed, Deployments } from "@atoll/provider-kit/deployments";
import type { Http } from "@atoll/provider-kit/http";
import { promote, readProduction, rollBack, withScheme } from "./production.ts";

interface DeploymentBody {
  uid?: string;
  id?: string;
  name: string;
  projectId?: string;
  url: string | null;
  created?: number;
  createdAt?: number;
  readyState?: string;
  state?: string;
  target?: string | null;
  meta?: Record<string, string>;
}

const states: Partial<Record<string, Deployed["state"]>> = {
  READY: "ready",
  ERROR: "failed",
  CANCELED: "cancelled",
};

/** Production deployments of Vercel projects ("prj_…"): redeploying, going back (Instant Rollback), promoting. */
export function deployments(api: Http): Deployments {
  const read = (id: string) => api.getOrGone<DeploymentBody>("/v13/deployments/{id}", { params: { id } });

  async function ofProject(projectId: string, id: string): Promise<DeploymentBody> {
    const body = await read(id);
    if (body && body.projectId === projectId) return body;
    throw new Fault("rejected", {
      what: `The Vercel project ${projectId} does not have the deployment ${id} (any more).`,
      next: "Choose one of the deployments that are listed.",
    });
  }

  return {
    async list(projectId) {
      const [current, list] = await Promise.all([
        readProduction(api, projectId),
        api.getOrGone<{ deployments: DeploymentBody[] }>("/v6/deployments", {
          query: { projectId, target: "production", limit: 50 },
        }),
      ]);
      return (list?.deployments ?? [])
        .map((body) => deployedOf(body, current?.id))
        .toSorted((a, b) => b.createdAt - a.createdAt);
    },

    async preview(projectId, commit) {
      const list = await api.getOrGone<{ deployments: DeploymentBody[] }>("/v6/deployments", {
        query: { projectId, limit: 100 },
      });
      return (list?.deployments ?? [])
        .filter(({ target }) => target !== "production")
        .map((body) => deployedOf(body, undefined))
        .filter((each) => each.commit === commit)
        .toSorted((a, b) => b.createdAt - a.createdAt)[0];
    },

    async one(projectId, id) {
      const [current, body] = await Promise.all([readProduction(api, projectId), read(id)]);
      return body?.projectId === projectId ? deployedOf(body, current?.id) : undefined;
    },

    async redeploy(projectId, id) {
      const { name, meta = {} } = await ofProject(projectId, id);
      const { atollInstance, atollVersion } = meta;
      const made = await api.post<{ id: string }>("/v13/deployments", {
        query: { forceNew: 1, skipAutoDetectionConfirmation: 1 },
        body: {
          name,
          project: projectId,
          target: "production",
          deploymentId: id,
          // Both are what we look for in what we deploy; what Vercel adds is Vercel's.
          meta: { ...(atollInstance && { atollInstance }), ...(atollVersion && { atollVersion }) },
        },
      });
      return made.id;
    },

    async rollBack(projectId, id) {
      await ofProject(projectId, id);
      await rollBack(api, projectId, id);
    },

    async promote(projectId, id) {
      await ofProject(projectId, id);
      await promote(api, projectId, id);
    },
  };
}

function deployedOf(body: DeploymentBody, currentId: string | undefined): Deployed {
  const id = body.id ?? body.uid ?? "";
  const { githubCommitSha, atollVersion } = body.meta ?? {};
  // Of uploaded files the version is the commit that they were taken from.
  const commit = githubCommitSha ?? atollVersion;
  return {
    id,
    ...(commit !== undefined && { commit }),
    createdAt: body.createdAt ?? body.created ?? 0,
    // What Vercel may add one day is on its way.
    state: states[body.readyState ?? body.state ?? ""] ?? "building",
    ...(body.url && { url: withScheme(body.url) }),
    isCurrent: id === currentId,
  };
}
