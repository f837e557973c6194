import path from "node:path";
import { z } from "zod";
import { createRepository } from "../git/repository.ts";
import type { CloudContext } from "../kit/context.ts";
import type { Collection } from "../kit/store.ts";

/** A repository as it is stored; its files are in a bare git repository on disk. */
export interface RepositoryRecord {
  id: number;
  owner: string;
  name: string;
  description: string;
  private: boolean;
  archived: boolean;
  defaultBranch: string;
  createdAt: string;
}

/** Body of a repository's create. */
export const createRepo = z.object({
  name: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/),
  description: z.string().default(""),
  private: z.boolean().default(false),
  auto_init: z.boolean().default(false),
  default_branch: z.string().default("main"),
});

/** Whom the token belongs to. */
export const login = "atoll-bot";

/** What the routes of the Gitea emulator share. */
export interface World {
  context: CloudContext;
  repositories: Collection<RepositoryRecord>;
  organizations: Collection<{ name: string }>;
}

/** Gitea's names are the same in any case. */
export const keyOf = (owner: string, name: string): string => `${owner}/${name}`.toLowerCase();

/** Folder of a repository's bare git repository. */
export const folderOf = ({ context }: World, { owner, name }: { owner: string; name: string }): string =>
  path.join(context.settings.dataDir, "gitea", owner.toLowerCase(), `${name.toLowerCase()}.git`);

/** Address of the Gitea that is emulated. */
export const baseOf = ({ context }: World): string => `${context.url()}/gitea`;

/** Makes a repository, with a first commit when that was asked for. */
export async function createRecord(
  world: World,
  owner: string,
  given: z.infer<typeof createRepo>,
): Promise<RepositoryRecord> {
  const repository = await createRepository(
    folderOf(world, { owner, name: given.name }),
    given.default_branch,
  );
  if (given.auto_init)
    await repository.commit(
      given.default_branch,
      [{ path: "README.md", content: Buffer.from(`# ${given.name}\n`) }],
      "Initial commit",
    );
  const record: RepositoryRecord = {
    id: Math.max(0, ...world.repositories.values().map(({ id }) => id)) + 1,
    owner,
    name: given.name,
    description: given.description,
    private: given.private,
    archived: false,
    defaultBranch: given.default_branch,
    createdAt: new Date(world.context.clock.now()).toISOString(),
  };
  return world.repositories.set(keyOf(owner, given.name), record);
}
