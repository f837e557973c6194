import type { Http } from "@atoll/provider-kit/http";
import { HttpFault } from "@atoll/provider-kit/http-fault";

/** The deployment that a project's production domains point to. */
interface Production {
  /** "dpl_…" */
  id: string;
  /** Addresses without scheme; empty where Vercel tells none. */
  alias: string[];
}

interface ProjectBody {
  targets?: { production?: { id?: string; alias?: string[] } | null } | null;
}

/** What visitors of a project ("prj_…") get now; undefined where that is nothing, or Vercel does not tell. */
export async function readProduction(api: Http, projectId: string): Promise<Production | undefined> {
  const body = await api.getOrGone<ProjectBody>("/v9/projects/{projectId}", { params: { projectId } });
  const { id, alias = [] } = body?.targets?.production ?? {};
  return id === undefined ? undefined : { id, alias };
}

/**
 * Points production domains to a deployment, and lets them follow newer ones again. One that visitors get already is
 * success.
 */
export async function promote(api: Http, projectId: string, deploymentId: string): Promise<void> {
  const params = { projectId, deploymentId };
  await unlessCurrent(api, projectId, deploymentId, () =>
    api.post("/v10/projects/{projectId}/promote/{deploymentId}", { params, safe: true }),
  );
}

/** Gives visitors an earlier deployment; newer ones wait until one is promoted. Already so is success. */
export async function rollBack(api: Http, projectId: string, deploymentId: string): Promise<void> {
  const params = { projectId, deploymentId };
  await unlessCurrent(api, projectId, deploymentId, () =>
    api.post("/v1/projects/{projectId}/rollback/{deploymentId}", { params, safe: true }),
  );
}

/** Vercel answers 409 when it is what visitors get already. */
async function unlessCurrent(api: Http, projectId: string, id: string, work: () => Promise<unknown>) {
  try {
    await work();
  } catch (fault) {
    if (!(fault instanceof HttpFault) || fault.status !== 409) throw fault;
    if ((await readProduction(api, projectId))?.id !== id) throw fault;
  }
}

/** Whether a host, with or without a port, is this machine. */
export const isHere = (host: string) => /^(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(host);

/** Vercel's addresses come without a scheme; what runs on this machine has no certificate. */
export const withScheme = (host: string) => `${isHere(host) ? "http" : "https"}://${host}`;
