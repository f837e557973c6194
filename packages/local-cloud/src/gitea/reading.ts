import { Hono } from "hono";
import { safePath } from "../git/repository.ts";
import type { CloudEnv } from "../kit/context.ts";
import { notFound, on } from "./answers.ts";
import { entryAt, entryShown, fileShown } from "./entries.ts";
import type { World } from "./world.ts";

/** Reading a repository's files and folders. */
export function readingRoutes(world: World): Hono<CloudEnv> {
  const api = new Hono<CloudEnv>();

  for (const at of ["/repos/:owner/:name/contents", "/repos/:owner/:name/contents/:path{.*}"] as const) {
    api.get(
      at,
      on(world, async (c, record, repository) => {
        const file = (c.req.param("path") ?? "").replace(/\/+$/, "");
        const commit = await repository.resolve(c.req.query("ref") ?? record.defaultBranch);
        if (commit === undefined || (file !== "" && !safePath(file))) return notFound(world, c);
        const entry = file === "" ? undefined : await entryAt(repository, commit, file);
        if (file === "" || entry?.type === "tree")
          return c.json(
            (await repository.list(commit, file === "" ? "" : `${file}/`, false)).map((each) =>
              entryShown(world, record, each),
            ),
          );
        if (entry === undefined) return notFound(world, c);
        return c.json(await fileShown(world, record, repository, entry));
      }),
    );
  }

  api.get(
    "/repos/:owner/:name/raw/:path{.+}",
    on(world, async (c, record, repository) => {
      const file = c.req.param("path") ?? "";
      const entry = await entryAt(
        repository,
        await repository.resolve(c.req.query("ref") ?? record.defaultBranch),
        file,
      );
      return entry === undefined || !safePath(file)
        ? notFound(world, c)
        : c.body(new Uint8Array(await repository.read(entry.sha)));
    }),
  );

  return api;
}
