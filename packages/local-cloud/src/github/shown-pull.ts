import { shownAccount, shownRepository } from "./shown.ts";
import { apiUrl, htmlUrl } from "./shown-commit.ts";
import type { PullRecord, RepositoryRecord, World } from "./world.ts";

/** A pull request as GitHub's lists show it. */
export function shownPull(world: World, record: RepositoryRecord, pull: PullRecord) {
  const api = apiUrl(world, record);
  const url = `${api}/pulls/${pull.number}`;
  const issue = `${api}/issues/${pull.number}`;
  const html = `${htmlUrl(world, record)}/pull/${pull.number}`;
  const side = (ref: string, sha: string) => ({
    label: `${record.owner}:${ref}`,
    ref,
    sha,
    user: shownAccount(world, record.owner),
    repo: shownRepository(world, record),
  });
  const comments = {
    review_comments_url: `${url}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
  };
  const statuses = `${api}/statuses/${pull.headSha}`;
  return {
    url,
    id: pull.id,
    node_id: `PR_${pull.id}`,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    commits_url: `${url}/commits`,
    ...comments,
    statuses_url: statuses,
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: shownAccount(world, world.login),
    body: pull.body,
    labels: [],
    milestone: null,
    active_lock_reason: null,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeSha,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head: side(pull.head, pull.headSha),
    base: side(pull.base, pull.baseSha),
    _links: {
      self: { href: url },
      html: { href: html },
      issue: { href: issue },
      comments: { href: comments.comments_url },
      review_comments: { href: comments.review_comments_url },
      review_comment: { href: comments.review_comment_url },
      commits: { href: `${url}/commits` },
      statuses: { href: statuses },
    },
    author_association: "MEMBER",
    auto_merge: null,
    draft: pull.draft,
  };
}
