import { Fault } from "@atoll/core/fault";
import type { Halting } from "@atoll/core/resource";
import type { Http } from "@atoll/provider-kit/http";

interface ProjectBody {
  id: string;
  paused?: boolean;
}

/**
 * How a Vercel project ("prj_…") is paused: its production site is blocked, and nothing else changes. Meanwhile Vercel
 * points no production domain to newer deployments (description of `pauseProject`).
 */
export function projectHalting(api: Http): Halting {
  const of = (projectId: string) => ({ params: { projectId } });

  async function isPaused(projectId: string): Promise<boolean> {
    const body = await api.getOrGone<ProjectBody>("/v9/projects/{projectId}", of(projectId));
    if (body) return body.paused === true;
    throw new Fault("rejected", {
      what: `The Vercel project ${projectId} is gone.`,
      next: 'Run "atoll repair", which makes what is missing.',
    });
  }

  return {
    async observe(projectId) {
      return { is: (await isPaused(projectId)) ? "halted" : "going" };
    },
    async halt(projectId) {
      if (!(await isPaused(projectId)))
        await api.post("/v1/projects/{projectId}/pause", { ...of(projectId), safe: true });
    },
    async resume(projectId) {
      if (await isPaused(projectId))
        await api.post("/v1/projects/{projectId}/unpause", { ...of(projectId), safe: true });
    },
  };
}
