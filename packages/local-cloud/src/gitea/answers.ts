import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type GitRepository, openRepository } from "../git/repository.ts";
import type { CloudEnv } from "../kit/context.ts";
import { baseOf, folderOf, keyOf, type RepositoryRecord, type World } from "./world.ts";

/** Gitea's error. */
export const refuse = (
  world: World,
  c: Context<CloudEnv>,
  status: ContentfulStatusCode,
  message: string,
): Response => c.json({ message, url: `${baseOf(world)}/api/swagger` }, status);

/** The 404 for a repository that is not there. */
export const notFound = (world: World, c: Context<CloudEnv>): Response =>
  refuse(world, c, 404, "GetRepo: The target couldn't be found.");

/** Runs a route on a repository that is there. */
export const on =
  (
    world: World,
    work: (c: Context<CloudEnv>, record: RepositoryRecord, repository: GitRepository) => Promise<Response>,
  ) =>
  async (c: Context<CloudEnv>) => {
    const record = world.repositories.get(keyOf(c.req.param("owner") ?? "", c.req.param("name") ?? ""));
    return record === undefined
      ? notFound(world, c)
      : work(c, record, openRepository(folderOf(world, record)));
  };
