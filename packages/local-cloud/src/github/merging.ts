import { isAncestor, mergedTree, typeOf, writeCommit } from "../git/objects.ts";
import type { GitRepository } from "../git/repository.ts";
import { GitError, git } from "../git/run.ts";
import { type PullRecord, pullKey, type RepositoryRecord, type World } from "./world.ts";

/** How a merge is done; GitHub's third way, rebase, is left out here. */
export type MergeMethod = "merge" | "squash";

/** Whether a pull request can be merged: null until somebody has asked once, as GitHub finds out in the background. */
export interface Mergeability {
  mergeable: boolean | null;
  mergeable_state: "clean" | "dirty" | "draft" | "unknown";
}

/** Brings what is stored of an open pull request up to its branches: pushed to, removed, or merged by a push. */
export async function refreshed(
  world: World,
  repository: GitRepository,
  pull: PullRecord,
): Promise<PullRecord> {
  if (pull.state === "closed") return pull;
  const head = await repository.head(pull.head);
  const base = await repository.head(pull.base);
  const now = new Date(world.context.clock.now()).toISOString();
  const store = (change: Partial<PullRecord>) =>
    world.pulls.set(pullKey(pull), { ...pull, ...change, updatedAt: now });
  if (head === undefined || base === undefined) return store({ state: "closed", closedAt: now });
  if (await isAncestor(repository.path, head, base))
    return store({ state: "closed", closedAt: now, mergedAt: now, mergeSha: head, headSha: head });
  return head === pull.headSha && base === pull.baseSha ? pull : store({ headSha: head, baseSha: base });
}

const together = (pull: PullRecord) => `${pull.baseSha} ${pull.headSha}`;

/** Tells whether it can be merged. The first look at two commits begins to find out, and says that it does not know. */
export async function mergeabilityOf(
  world: World,
  repository: GitRepository,
  pull: PullRecord,
): Promise<Mergeability> {
  if (pull.state === "closed") return { mergeable: null, mergeable_state: "unknown" };
  if (pull.tried !== together(pull)) {
    world.pulls.set(pullKey(pull), { ...pull, tried: together(pull) });
    return { mergeable: null, mergeable_state: "unknown" };
  }
  const mergeable = (await mergedTree(repository.path, pull.baseSha, pull.headSha)) !== undefined;
  return { mergeable, mergeable_state: pull.draft ? "draft" : mergeable ? "clean" : "dirty" };
}

/** Merges an open pull request into its base; undefined when git finds a conflict, or the base moved meanwhile. */
export async function merge(
  world: World,
  record: RepositoryRecord,
  repository: GitRepository,
  pull: PullRecord,
  given: { method: MergeMethod; title: string; message: string },
): Promise<string | undefined> {
  const tree = await mergedTree(repository.path, pull.baseSha, pull.headSha);
  if (tree === undefined || (await typeOf(repository.path, tree)) !== "tree") return undefined;
  const sha = await writeCommit(repository.path, {
    tree,
    parents: given.method === "merge" ? [pull.baseSha, pull.headSha] : [pull.baseSha],
    message: given.message === "" ? given.title : `${given.title}\n\n${given.message}`,
  });
  try {
    await git(repository.path, ["update-ref", `refs/heads/${pull.base}`, sha, pull.baseSha]);
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
  const now = new Date(world.context.clock.now()).toISOString();
  world.pulls.set(pullKey(pull), {
    ...pull,
    state: "closed",
    closedAt: now,
    mergedAt: now,
    updatedAt: now,
    mergeSha: sha,
  });
  world.context.bus.emit("github.push", { owner: record.owner, repo: record.name, branch: pull.base, sha });
  return sha;
}
