import { Fault } from "@atoll/core/fault";
import type { Http } from "@atoll/provider-kit/http";
import { HttpFault } from "@atoll/provider-kit/http-fault";

/** A pull request from a branch of the repository itself. */
export interface Pull {
  number: number;
  /** For people. */
  url: string;
  state: "open" | "closed";
  merged: boolean;
  draft: boolean;
  title: string;
  body: string;
  branch: string;
  headSha: string;
  /** The branch that it is for. */
  base: string;
  /** What it became on that branch: the merge commit, the squashed one, or the last of those that were rebased. */
  mergeCommit?: string;
}

interface PullBody {
  number: number;
  html_url: string;
  state: "open" | "closed";
  merged_at: string | null;
  /** Before the merge it is a trial of GitHub's own that stands on no branch. */
  merge_commit_sha?: string | null;
  draft?: boolean;
  title: string;
  body: string | null;
  head: { ref: string; sha: string; repo: { full_name: string } | null };
  base: { ref: string };
  mergeable?: boolean | null;
}

const pullOf = (body: PullBody): Pull => ({
  number: body.number,
  url: body.html_url,
  state: body.state,
  merged: body.merged_at !== null,
  draft: body.draft === true,
  title: body.title,
  body: body.body ?? "",
  branch: body.head.ref,
  headSha: body.head.sha,
  base: body.base.ref,
  ...(body.merged_at !== null && body.merge_commit_sha && { mergeCommit: body.merge_commit_sha }),
});

const perPage = 100;
// So many pull requests are looked through, newest first; 1,000.
const pagesAtMost = 10;

/** Finds pull requests from branches of the repository itself, newest first: of one branch, or of all. */
export async function findPulls(
  api: Http,
  repository: string,
  { state = "all", branch }: { state?: "open" | "closed" | "all"; branch?: string } = {},
): Promise<Pull[]> {
  const owner = repository.split("/")[0];
  const found: Pull[] = [];
  for (let page = 1; page <= pagesAtMost; page++) {
    const list = await api.get<PullBody[]>("/repos/{+repository}/pulls", {
      params: { repository },
      query: {
        state,
        page,
        per_page: perPage,
        head: branch === undefined ? undefined : `${owner}:${branch}`,
      },
    });
    // A stranger's fork may have a branch of the same name.
    const own = list.filter(({ head }) => head.repo?.full_name.toLowerCase() === repository.toLowerCase());
    found.push(...own.map(pullOf));
    if (list.length < perPage) break;
  }
  return found;
}

/** Reads one; `mergeable` is undefined while GitHub is still finding out, and for those that are closed. */
export async function pullAt(
  api: Http,
  repository: string,
  number: number,
): Promise<(Pull & { mergeable?: boolean }) | undefined> {
  const body = await api.getOrGone<PullBody>("/repos/{+repository}/pulls/{number}", {
    params: { repository, number: String(number) },
  });
  if (!body) return undefined;
  return { ...pullOf(body), ...(typeof body.mergeable === "boolean" && { mergeable: body.mergeable }) };
}

/** Opens a pull request, or gives the open one of that branch. Where the plan has no drafts it is an ordinary one. */
export async function openPull(
  api: Http,
  repository: string,
  want: { branch: string; base: string; title: string; body: string; draft: boolean },
): Promise<Pull> {
  const open = (draft: boolean) =>
    api.post<PullBody | Pull>("/repos/{+repository}/pulls", {
      params: { repository },
      body: { title: want.title, head: want.branch, base: want.base, body: want.body, draft },
      exists: async () => {
        const all = await findPulls(api, repository, { state: "open", branch: want.branch });
        return all.find(({ base }) => base === want.base);
      },
    });
  try {
    return shaped(await open(want.draft));
  } catch (fault) {
    // "Draft pull requests are not supported in this repository.": a private one on a free plan.
    if (!want.draft || !(fault instanceof HttpFault) || fault.status !== 422 || !/draft/i.test(fault.what))
      throw fault;
    return shaped(await open(false));
  }
}

const shaped = (given: PullBody | Pull): Pull => ("html_url" in given ? pullOf(given) : given);

/** Changes words or state of a pull request. GitHub's REST API cannot make a draft ready: a person does that. */
export async function updatePull(
  api: Http,
  repository: string,
  number: number,
  change: { title?: string; body?: string; state?: "open" | "closed" },
): Promise<Pull> {
  return pullOf(
    await api.patch<PullBody>("/repos/{+repository}/pulls/{number}", {
      params: { repository, number: String(number) },
      safe: true,
      body: change,
    }),
  );
}

/** Merges a pull request if its newest commit is still `sha`; merged already is success. */
export async function mergePull(
  api: Http,
  repository: string,
  number: number,
  { sha, method = "merge" }: { sha: string; method?: "merge" | "squash" },
): Promise<void> {
  try {
    await api.put("/repos/{+repository}/pulls/{number}/merge", {
      params: { repository, number: String(number) },
      body: { sha, merge_method: method },
    });
  } catch (fault) {
    if (!(fault instanceof HttpFault) || (fault.status !== 405 && fault.status !== 409)) throw fault;
    const now = await pullAt(api, repository, number);
    if (now?.merged) return;
    const why = fault.status === 409 ? "somebody pushed to its branch meanwhile" : whyNot(now);
    throw new Fault("rejected", {
      what: `Pull request ${number} of ${repository} was not merged: ${why}.`,
      next: `Look at ${now?.url ?? "it"}, put right what stands in the way, then try again.`,
      ...(fault.call && { call: fault.call }),
    });
  }
}

function whyNot(pull: (Pull & { mergeable?: boolean }) | undefined): string {
  if (pull === undefined) return "it is not there any more";
  if (pull.state === "closed") return "it is closed";
  if (pull.draft) return "it is a draft";
  if (pull.mergeable === false) return "it conflicts with the branch that it is for";
  return "GitHub has not found out yet whether it can be, or a rule of the branch stands in the way";
}
