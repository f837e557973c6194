import { Fault } from "@atoll/core/fault";
import type { Http } from "@atoll/provider-kit/http";
import { branchHead } from "./branches.ts";
import { templateBase } from "./template-base.ts";
import { type ThreeWay, threeWay } from "./three-way.ts";
import { readBlob, readTree } from "./trees.ts";

/** Which repository is to be brought which version. */
export interface TemplateUpdateJob {
  /** `owner/repo` of the repository that was made from the template. */
  repository: string;
  /** `owner/repo` of the template. */
  template: string;
  /** The template's commit to bring. Default: the newest of its default branch. */
  commit?: string;
}

/** Where a repository and its template stand. */
export interface Standing {
  /** The repository's default branch. */
  branch: string;
  /** Its newest commit. */
  head: string;
  /** The template's commit that it holds. */
  base: string;
  /** The template's commit to bring. */
  theirs: string;
}

interface RepositoryBody {
  default_branch: string;
  archived: boolean;
}

/** Looks where a repository and its template stand. Reads only. */
export async function lookAt(api: Http, job: TemplateUpdateJob): Promise<Standing> {
  const facts = async (repository: string) => {
    const body = await api.getOrGone<RepositoryBody>("/repos/{+repository}", { params: { repository } });
    if (!body) throw unreadable(repository);
    return body;
  };
  const own = await facts(job.repository);
  if (own.archived)
    throw new Fault("rejected", {
      what: `The repository ${job.repository} is archived, so it takes no changes.`,
      next: "Unarchive the repository, or leave its instance out of the update, then try again.",
    });
  const templateBranch = (await facts(job.template)).default_branch;
  const theirs = job.commit ?? (await branchHead(api, job.template, templateBranch));
  const head = await branchHead(api, job.repository, own.default_branch);
  if (theirs === undefined) throw unreadable(job.template);
  if (head === undefined) throw unreadable(job.repository);
  const base = await templateBase(api, {
    repository: job.repository,
    ref: head,
    template: job.template,
    templateHead: theirs,
  });
  return { branch: own.default_branch, head, base, theirs };
}

/** What the template's changes from one commit to another mean for a commit of the repository. Reads only. */
export async function planFor(
  api: Http,
  { repository, template }: TemplateUpdateJob,
  { base, ours, theirs }: { base: string; ours: string; theirs: string },
): Promise<ThreeWay> {
  return threeWay({
    base: await readTree(api, template, base),
    ours: await readTree(api, repository, ours),
    theirs: await readTree(api, template, theirs),
    readTheirs: (sha) => readBlob(api, template, sha),
    readOurs: (sha) => readBlob(api, repository, sha),
  });
}

const unreadable = (repository: string) =>
  new Fault("rejected", {
    what: `The repository ${repository} is not there, has no commit yet, or this token may not see it.`,
    next: "Check the repository's name, and that the token may read and write it.",
  });
