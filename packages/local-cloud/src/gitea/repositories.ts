import { Hono } from "hono";
import { z } from "zod";
import { openRepository, removeRepository } from "../git/repository.ts";
import type { CloudEnv } from "../kit/context.ts";
import { notFound, on, refuse } from "./answers.ts";
import { account, shownRepository } from "./shown.ts";
import { baseOf, createRecord, createRepo, folderOf, keyOf, login, type World } from "./world.ts";

/** Organisations, and their repositories with branches and commits. */
export function repositoryRoutes(world: World): Hono<CloudEnv> {
  const { repositories, organizations } = world;
  const api = new Hono<CloudEnv>();

  api.post("/orgs", async (c) => {
    const given = z
      .object({ username: z.string().regex(/^[A-Za-z0-9._-]{1,40}$/) })
      .safeParse(await c.req.json().catch(() => undefined));
    if (!given.success) return refuse(world, c, 422, z.prettifyError(given.error));
    if (organizations.get(given.data.username) !== undefined)
      return refuse(world, c, 422, `user already exists [name: ${given.data.username}]`);
    organizations.set(given.data.username, { name: given.data.username });
    return c.json({ ...account(given.data.username), name: given.data.username }, 201);
  });
  api.get("/orgs/:org", (c) =>
    organizations.get(c.req.param("org")) === undefined
      ? refuse(world, c, 404, "The target couldn't be found.")
      : c.json({ ...account(c.req.param("org")), name: c.req.param("org") }),
  );

  for (const at of ["/user/repos", "/orgs/:org/repos"] as const) {
    api.post(at, async (c) => {
      const owner = c.req.param("org") ?? login;
      if (owner !== login && organizations.get(owner) === undefined) return notFound(world, c);
      const given = createRepo.safeParse(await c.req.json().catch(() => undefined));
      if (!given.success) return refuse(world, c, 422, z.prettifyError(given.error));
      if (repositories.get(keyOf(owner, given.data.name)) !== undefined)
        return refuse(world, c, 409, "The repository with the same name already exists.");
      return c.json(shownRepository(world, await createRecord(world, owner, given.data)), 201);
    });
  }

  api.get("/repos/:owner/:name", async (c) => {
    const record = repositories.get(keyOf(c.req.param("owner"), c.req.param("name")));
    if (record === undefined) return notFound(world, c);
    const empty = (await openRepository(folderOf(world, record)).head(record.defaultBranch)) === undefined;
    return c.json({ ...shownRepository(world, record), empty });
  });
  api.delete("/repos/:owner/:name", async (c) => {
    const record = repositories.get(keyOf(c.req.param("owner"), c.req.param("name")));
    if (record === undefined) return notFound(world, c);
    repositories.delete(keyOf(record.owner, record.name));
    await removeRepository(folderOf(world, record));
    return c.body(null, 204);
  });

  api.get(
    "/repos/:owner/:name/branches",
    on(world, async (c, _, repository) =>
      c.json(
        (await repository.branches()).map(({ name, sha }) => ({
          name,
          commit: { id: sha, message: "" },
          protected: false,
        })),
      ),
    ),
  );
  api.get(
    "/repos/:owner/:name/branches/:branch",
    on(world, async (c, _, repository) => {
      const name = c.req.param("branch") ?? "";
      const sha = await repository.head(name);
      return sha === undefined
        ? refuse(world, c, 404, "branch does not exist")
        : c.json({ name, commit: { id: sha, message: "" }, protected: false });
    }),
  );

  api.get(
    "/repos/:owner/:name/commits",
    on(world, async (c, record, repository) => {
      const wanted = c.req.query("path");
      const limit = Math.min(50, Number(c.req.query("limit") ?? 30));
      const list = await repository.commits(c.req.query("sha") ?? record.defaultBranch, {
        limit,
        ...(wanted === undefined ? {} : { path: wanted }),
      });
      const person = ({ author, email, at }: (typeof list)[number]) => ({ name: author, email, date: at });
      return c.json(
        list.map((each) => ({
          sha: each.sha,
          url: `${baseOf(world)}/api/v1/repos/${record.owner}/${record.name}/git/commits/${each.sha}`,
          html_url: `${baseOf(world)}/${record.owner}/${record.name}/commit/${each.sha}`,
          created: each.at,
          commit: {
            message: each.message,
            author: person(each),
            committer: person(each),
            tree: { sha: each.tree, url: "", created: each.at },
            url: "",
          },
          parents: [],
        })),
      );
    }),
  );

  return api;
}
