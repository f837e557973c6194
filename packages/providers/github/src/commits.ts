import { isUtf8 } from "node:buffer";
import type { Http } from "@atoll/provider-kit/http";
import type { FileMode } from "./trees.ts";

/** A commit, as far as it is looked at. */
export interface Commit {
  sha: string;
  /** Hash of all its files together. */
  tree: string;
  parents: string[];
  message: string;
  /** Milliseconds since 1970. */
  committedAt: number;
}

/** A file of a commit to make; no content = it is taken out. */
export interface FileWrite {
  path: string;
  mode: FileMode;
  content: Buffer | undefined;
}

interface CommitBody {
  sha: string;
  commit: { message: string; tree: { sha: string }; committer: { date?: string } | null };
  parents: { sha: string }[];
}

interface CompareBody {
  status: "identical" | "ahead" | "behind" | "diverged";
  ahead_by: number;
  behind_by: number;
  commits: CommitBody[];
}

const commitOf = (body: CommitBody): Commit => ({
  sha: body.sha,
  tree: body.commit.tree.sha,
  parents: body.parents.map(({ sha }) => sha),
  message: body.commit.message,
  committedAt: Date.parse(body.commit.committer?.date ?? "") || 0,
});

/** True for what people read and merge line by line. */
export const isText = (content: Buffer): boolean => isUtf8(content) && !content.includes(0);

/** Reads a commit by its hash or by the branch that it is the newest of; undefined when there is none. */
export async function commitAt(api: Http, repository: string, ref: string): Promise<Commit | undefined> {
  const [found] = await listCommits(api, repository, { ref, perPage: 1 });
  return found;
}

/** A page of the history of a branch or commit, newest first; empty when there is nothing there, or no such ref. */
export async function listCommits(
  api: Http,
  repository: string,
  { ref, page = 1, perPage = 100 }: { ref: string; page?: number; perPage?: number },
): Promise<Commit[]> {
  const list = await api.getOrGone<CommitBody[]>("/repos/{+repository}/commits", {
    params: { repository },
    query: { sha: ref, page, per_page: perPage },
  });
  return (list ?? []).map(commitOf);
}

/** The oldest commit of a branch, by the link to the last page; undefined when there is none. */
export async function firstCommit(api: Http, repository: string, ref: string): Promise<Commit | undefined> {
  const one = { params: { repository } };
  const { headers, body } = await api.request<CommitBody[]>("GET", "/repos/{+repository}/commits", {
    ...one,
    query: { sha: ref, per_page: 1 },
  });
  const last = /[?&]page=(\d+)[^>]*>;\s*rel="last"/.exec(headers.get("link") ?? "")?.[1];
  if (last === undefined) return body[0] && commitOf(body[0]);
  return (await listCommits(api, repository, { ref, page: Number(last), perPage: 1 }))[0];
}

/** What `head` has that `base` has not, oldest first and at most 250; undefined when they share no history. */
export async function compareCommits(api: Http, repository: string, base: string, head: string) {
  const body = await api.getOrGone<CompareBody>("/repos/{+repository}/compare/{base}...{head}", {
    params: { repository, base, head },
  });
  return (
    body && {
      status: body.status,
      aheadBy: body.ahead_by,
      behindBy: body.behind_by,
      commits: body.commits.map(commitOf),
    }
  );
}

/**
 * Makes one commit of many files on top of others; no branch knows it yet. Its files are those of the first parent,
 * with the changes. The message may name the hash of all files. Gives the commit's hash.
 */
export async function commitFiles(
  api: Http,
  repository: string,
  commit: { parents: string[]; tree: string; files: readonly FileWrite[]; message(tree: string): string },
): Promise<string> {
  const entries = [];
  for (const { path, mode, content } of commit.files) {
    const entry = { path, mode, type: mode === "160000" ? "commit" : "blob" };
    if (content === undefined) entries.push({ ...entry, sha: null });
    // A text goes along in the tree's own call: GitHub counts 80 calls a minute that create content.
    else if (isText(content)) entries.push({ ...entry, content: content.toString("utf8") });
    else entries.push({ ...entry, sha: await writeBlob(api, repository, content) });
  }
  // Objects are named by what they hold: made twice they are the same.
  const tree = await api.post<{ sha: string }>("/repos/{+repository}/git/trees", {
    params: { repository },
    safe: true,
    body: { base_tree: commit.tree, tree: entries },
  });
  const made = await api.post<{ sha: string }>("/repos/{+repository}/git/commits", {
    params: { repository },
    safe: true, // one too many is seen by nobody, since no branch names it
    body: { message: commit.message(tree.sha), tree: tree.sha, parents: commit.parents },
  });
  return made.sha;
}

async function writeBlob(api: Http, repository: string, content: Buffer): Promise<string> {
  const made = await api.post<{ sha: string }>("/repos/{+repository}/git/blobs", {
    params: { repository },
    safe: true,
    body: { content: content.toString("base64"), encoding: "base64" },
  });
  return made.sha;
}
