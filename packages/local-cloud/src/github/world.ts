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

/** What the routes of the GitHub emulator share. */
export interface World {
  context: CloudContext;
  repositories: Collection<RepositoryRecord>;
  organizations: readonly string[];
  login: string;
}

/** GitHub's names are the same in any case. */
export const keyOf = (owner: string, name: string): string => `${owner}/${name}`.toLowerCase();

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
