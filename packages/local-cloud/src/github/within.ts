import type { Context } from "hono";
import type { GitRepository } from "../git/repository.ts";
import type { CloudEnv } from "../kit/context.ts";
import { notFound, refuse } from "./refuse.ts";
import { contentOf, keyOf, type RepositoryRecord, type World } from "./world.ts";

type Answerer = (
  c: Context<CloudEnv>,
  record: RepositoryRecord,
  repository: GitRepository,
) => Promise<Response>;

/** What GitHub says of a repository whose content has not arrived. */
export const isEmpty = (c: Context<CloudEnv>): Response => refuse(c, 409, "Git Repository is empty.");

/** Runs routes on a repository that is there and has content; an empty one answers as GitHub does. */
export function within(world: World) {
  return (work: Answerer, empty: (c: Context<CloudEnv>) => Response = isEmpty) =>
    async (c: Context<CloudEnv>): Promise<Response> => {
      const record = world.repositories.get(keyOf(c.req.param("owner") ?? "", c.req.param("name") ?? ""));
      if (record === undefined) return notFound(c);
      const repository = contentOf(world, record);
      return repository === undefined ? empty(c) : work(c, record, repository);
    };
}

/** Like `within`, for what changes something: an archived repository refuses, and bodies are JSON objects. */
export function changing(world: World) {
  const inside = within(world);
  return (
    work: (
      c: Context<CloudEnv>,
      record: RepositoryRecord,
      repository: GitRepository,
      body: unknown,
    ) => Promise<Response>,
  ) =>
    inside(async (c, record, repository) => {
      if (record.archived) return refuse(c, 403, "Repository was archived so is read-only.");
      return work(c, record, repository, await c.req.json().catch(() => undefined));
    });
}

/** Part of a list, as `per_page` and `page` say, with the links to its other pages. */
export function paged<T>(c: Context<CloudEnv>, all: readonly T[]): T[] {
  const perPage = Math.min(100, Math.max(1, Number(c.req.query("per_page") ?? 30) || 30));
  const page = Math.max(1, Number(c.req.query("page") ?? 1) || 1);
  linkPages(c, page, Math.ceil(all.length / perPage));
  return all.slice((page - 1) * perPage, page * perPage);
}

/** Names the first, previous, next and last page in the `Link` header, as far as there are any. */
export function linkPages(c: Context<CloudEnv>, page: number, last: number): void {
  const to = (number: number, rel: string) => {
    const url = new URL(c.req.url);
    url.searchParams.set("page", String(number));
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [to(page - 1, "prev"), to(1, "first")] : []),
    ...(page < last ? [to(page + 1, "next"), to(last, "last")] : []),
  ];
  if (links.length > 0) c.header("link", links.join(", "));
}
