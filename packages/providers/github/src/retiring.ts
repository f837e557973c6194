import { Fault } from "@atoll/core/fault";
import type { Resource } from "@atoll/core/resource";
import type { Http } from "@atoll/provider-kit/http";

/**
 * How a repository (`owner/repo`) is put away: archived, it is read-only and keeps everything. Ensuring it brings it
 * back, since no repository of an instance is wanted archived.
 */
export function repositoryRetiring(api: Http): NonNullable<Resource<never, unknown>["retiring"]> {
  async function isArchived(repository: string): Promise<boolean> {
    const body = await api.getOrGone<{ archived: boolean }>("/repos/{+repository}", {
      params: { repository },
    });
    if (body) return body.archived;
    throw new Fault("rejected", {
      what: `The repository ${repository} is gone.`,
      next: 'Run "atoll repair", which makes what is missing.',
    });
  }

  return {
    async observe(repository) {
      return { is: (await isArchived(repository)) ? "halted" : "going" };
    },
    async halt(repository) {
      if (await isArchived(repository)) return;
      await api.patch("/repos/{+repository}", {
        params: { repository },
        safe: true,
        body: { archived: true },
      });
    },
  };
}
