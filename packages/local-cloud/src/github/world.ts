import path from "node:path";
import { type GitRepository, openRepository } from "../git/repository.ts";
import type { CloudContext } from "../kit/context.ts";
import type { Collection } from "../kit/store.ts";

/** A repository as it is stored; its files are in a bare git repository on disk. */
export interface RepositoryRecord {
  id: number;
  owner: string;
  name: string;
  description: string | null;
  private: boolean;
  isTemplate: boolean;
  archived: boolean;
  topics: string[];
  defaultBranch: string;
  /** `owner/repo` that it was made from. */
  template?: string;
  createdAt: string;
  /** Its content is seen only when the filling is over; real milliseconds. */
  since: number;
}

/** A pull request as it is stored: from a branch of the repository into another one. */
export interface PullRecord {
  /** Of the repository, since its name may be given again. */
  repositoryId: number;
  id: number;
  number: number;
  title: string;
  body: string | null;
  draft: boolean;
  state: "open" | "closed";
  head: string;
  /** Newest commit of the branch while it was open. */
  headSha: string;
  base: string;
  baseSha: string;
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  mergedAt: string | null;
  mergeSha: string | null;
  /** The two commits that were last tried together: until then nobody knows whether they can be merged. */
  tried: string | null;
}

/** What the routes of the GitHub emulator share. */
export interface World {
  context: CloudContext;
  repositories: Collection<RepositoryRecord>;
  pulls: Collection<PullRecord>;
  organizations: readonly string[];
  login: string;
}

/** GitHub's names are the same in any case. */
export const keyOf = (owner: string, name: string): string => `${owner}/${name}`.toLowerCase();

/** Where a pull request is stored. */
export const pullKey = (pull: Pick<PullRecord, "repositoryId" | "number">): string =>
  `${pull.repositoryId}#${pull.number}`;

export function folderOf(world: World, owner: string, name: string): string {
  return path.join(
    world.context.settings.dataDir,
    "github",
    owner.toLowerCase(),
    `${name.toLowerCase()}.git`,
  );
}

/** True once the template's content has arrived. */
export function filled(world: World, record: RepositoryRecord): boolean {
  const { clock, settings, faults } = world.context;
  if (record.template === undefined) return true;
  return (
    !faults.isStuck("github", keyOf(record.owner, record.name)) &&
    clock.passed(record.since, settings.latencies.repositoryFillMs)
  );
}

/** The git side of a repository; undefined while it is still empty. */
export function contentOf(world: World, record: RepositoryRecord): GitRepository | undefined {
  return filled(world, record) ? openRepository(folderOf(world, record.owner, record.name)) : undefined;
}
