import type { Http } from "@atoll/provider-kit/http";

interface RefBody {
  object: { sha: string };
}

/** Newest commit of a branch; undefined when there is no such branch, or nothing in the repository yet. */
export async function branchHead(api: Http, repository: string, branch: string): Promise<string | undefined> {
  const found = await api.getOrGone<RefBody>("/repos/{+repository}/git/ref/heads/{+branch}", {
    params: { repository, branch },
  });
  return found?.object.sha;
}

/** Makes a branch at a commit. One that stands there already, at whatever commit, is a fault of status 422. */
export async function createBranch(
  api: Http,
  repository: string,
  branch: string,
  sha: string,
): Promise<void> {
  await api.post<RefBody>("/repos/{+repository}/git/refs", {
    params: { repository },
    body: { ref: `refs/heads/${branch}`, sha },
    // After a lost answer it stands where we wanted it.
    exists: async () =>
      (await branchHead(api, repository, branch)) === sha ? { object: { sha } } : undefined,
  });
}

/** Moves a branch on to a commit that has its newest one before it; anything else is a fault of status 422. */
export async function moveBranch(api: Http, repository: string, branch: string, sha: string): Promise<void> {
  await api.patch("/repos/{+repository}/git/refs/heads/{+branch}", {
    params: { repository, branch },
    safe: true,
    body: { sha, force: false },
  });
}

/** Removes a branch; an open pull request from it is closed with it. */
export async function removeBranch(api: Http, repository: string, branch: string): Promise<void> {
  // GitHub answers 422 when there is none.
  if ((await branchHead(api, repository, branch)) === undefined) return;
  await api.delete("/repos/{+repository}/git/refs/heads/{+branch}", { params: { repository, branch } });
}
