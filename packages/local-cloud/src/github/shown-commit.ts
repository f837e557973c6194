import type { GitRepository } from "../git/repository.ts";
import type { RepositoryRecord, World } from "./world.ts";

/** A commit as git tells it. */
export type Commit = Awaited<ReturnType<GitRepository["commits"]>>[number];

/** Address of a repository in the API. */
export const apiUrl = (world: World, record: RepositoryRecord): string =>
  `${world.context.url()}/github/repos/${record.owner}/${record.name}`;

/** Address of a repository for people. */
export const htmlUrl = (world: World, record: RepositoryRecord): string =>
  `${world.context.url()}/github/${record.owner}/${record.name}`;

function peopleOf(each: Commit) {
  const person = { name: each.author, email: each.email, date: each.at };
  return { author: person, committer: person };
}

const unsigned = { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null };

/** A commit in lists and by its name, with who made it. */
export function shownCommit(world: World, record: RepositoryRecord, each: Commit) {
  const url = apiUrl(world, record);
  return {
    sha: each.sha,
    node_id: `C_${each.sha}`,
    url: `${url}/commits/${each.sha}`,
    html_url: `${htmlUrl(world, record)}/commit/${each.sha}`,
    commit: {
      message: each.message,
      tree: { sha: each.tree, url: `${url}/git/trees/${each.tree}` },
      ...peopleOf(each),
      url: `${url}/git/commits/${each.sha}`,
      comment_count: 0,
      verification: unsigned,
    },
    author: null,
    committer: null,
    parents: each.parents.map((sha) => ({ sha, url: `${url}/commits/${sha}` })),
    comments_url: `${url}/commits/${each.sha}/comments`,
  };
}

/** A commit as the git data API gives it: an object, without the account behind it. */
export function shownGitCommit(world: World, record: RepositoryRecord, each: Commit) {
  const url = apiUrl(world, record);
  const html = htmlUrl(world, record);
  return {
    sha: each.sha,
    node_id: `C_${each.sha}`,
    url: `${url}/git/commits/${each.sha}`,
    html_url: `${html}/commit/${each.sha}`,
    ...peopleOf(each),
    tree: { sha: each.tree, url: `${url}/git/trees/${each.tree}` },
    message: each.message,
    parents: each.parents.map((sha) => ({
      sha,
      url: `${url}/git/commits/${sha}`,
      html_url: `${html}/commit/${sha}`,
    })),
    verification: unsigned,
  };
}
