import { Hono } from "hono";
import { z } from "zod";
import { isAncestor, typeOf } from "../git/objects.ts";
import type { GitRepository } from "../git/repository.ts";
import { GitError, git } from "../git/run.ts";
import type { CloudEnv } from "../kit/context.ts";
import { notFound, refuse } from "./refuse.ts";
import { apiUrl, htmlUrl, shownCommit } from "./shown-commit.ts";
import { changing, isEmpty, paged, within } from "./within.ts";
import type { RepositoryRecord, World } from "./world.ts";

const createSchema = z.object({ ref: z.string(), sha: z.string() });
const moveSchema = z.object({ sha: z.string(), force: z.boolean().default(false) });

/** The branch that a reference in a path means. */
const branchIn = (ref: string | undefined) => (ref ?? "").replace(/^heads\//, "");

/** True for a name that git takes for a branch. */
async function isBranchName(repository: GitRepository, name: string): Promise<boolean> {
  if (name === "" || name.startsWith("-")) return false;
  try {
    await git(repository.path, ["check-ref-format", `refs/heads/${name}`]);
    return true;
  } catch (error) {
    if (error instanceof GitError) return false;
    throw error;
  }
}

/** `/branches` and `/git/refs`: what branches there are, made, moved and removed. */
export function branchRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const on = within(world);
  const change = changing(world);

  const pushed = (record: RepositoryRecord, branch: string, sha: string) =>
    world.context.bus.emit("github.push", { owner: record.owner, repo: record.name, branch, sha });

  function shownRef(record: RepositoryRecord, name: string, sha: string) {
    const url = apiUrl(world, record);
    return {
      ref: `refs/heads/${name}`,
      node_id: `REF_${record.id}_${name}`,
      url: `${url}/git/refs/heads/${name}`,
      object: { sha, type: "commit", url: `${url}/git/commits/${sha}` },
    };
  }

  app.get(
    "/repos/:owner/:name/branches",
    on(
      async (c, record, repository) =>
        c.json(
          paged(c, await repository.branches()).map(({ name, sha }) => ({
            name,
            commit: { sha, url: `${apiUrl(world, record)}/commits/${sha}` },
            protected: false,
          })),
        ),
      (c) => c.json([]),
    ),
  );

  app.get(
    "/repos/:owner/:name/branches/:branch{.+}",
    on(
      async (c, record, repository) => {
        const name = c.req.param("branch") ?? "";
        const sha = await repository.head(name);
        const [commit] = sha === undefined ? [] : await repository.commits(sha, { limit: 1 });
        if (commit === undefined) return refuse(c, 404, "Branch not found");
        const url = apiUrl(world, record);
        return c.json({
          name,
          commit: shownCommit(world, record, commit),
          _links: { self: `${url}/branches/${name}`, html: `${htmlUrl(world, record)}/tree/${name}` },
          protected: false,
          protection: { enabled: false },
          protection_url: `${url}/branches/${name}/protection`,
        });
      },
      (c) => refuse(c, 404, "Branch not found"),
    ),
  );

  app.get(
    "/repos/:owner/:name/git/ref/:ref{.+}",
    on(async (c, record, repository) => {
      const name = branchIn(c.req.param("ref"));
      const sha = await repository.head(name);
      if (sha === undefined) return (await repository.branches()).length === 0 ? isEmpty(c) : notFound(c);
      return c.json(shownRef(record, name, sha));
    }),
  );

  app.get(
    "/repos/:owner/:name/git/matching-refs/:ref{.+}",
    on(async (c, record, repository) => {
      const prefix = (c.req.param("ref") ?? "").replace(/^heads(\/|$)/, "");
      const all = (await repository.branches()).filter(({ name }) => name.startsWith(prefix));
      return c.json(all.map(({ name, sha }) => shownRef(record, name, sha)));
    }),
  );

  app.post(
    "/repos/:owner/:name/git/refs",
    change(async (c, record, repository, body) => {
      const given = createSchema.safeParse(body);
      if (!given.success)
        return refuse(c, 422, "Invalid request.", [{ message: z.prettifyError(given.error) }]);
      const { ref, sha } = given.data;
      if (!ref.startsWith("refs/"))
        return refuse(c, 422, "Reference name must start with 'refs/' and contain at least two slashes");
      const name = ref.replace(/^refs\/heads\//, "");
      if (name === ref) return refuse(c, 501, "The local cloud keeps branches only (refs/heads/...).");
      if (!(await isBranchName(repository, name))) return refuse(c, 422, `${ref} is not a valid ref name.`);
      if ((await typeOf(repository.path, sha)) !== "commit") return refuse(c, 422, "Object does not exist");
      if ((await repository.head(name)) !== undefined) return refuse(c, 422, "Reference already exists");
      try {
        await git(repository.path, ["update-ref", `refs/heads/${name}`, sha, "0".repeat(40)]);
      } catch (error) {
        // A branch "a" stands in the way of "a/b", or another caller was faster.
        if (error instanceof GitError) return refuse(c, 422, "Reference update failed");
        throw error;
      }
      pushed(record, name, sha);
      return c.json(shownRef(record, name, sha), 201);
    }),
  );

  app.patch(
    "/repos/:owner/:name/git/refs/:ref{.+}",
    change(async (c, record, repository, body) => {
      const given = moveSchema.safeParse(body);
      if (!given.success)
        return refuse(c, 422, "Invalid request.", [{ message: z.prettifyError(given.error) }]);
      const { sha, force } = given.data;
      const name = branchIn(c.req.param("ref"));
      const head = await repository.head(name);
      if (head === undefined) return refuse(c, 422, "Reference does not exist");
      if ((await typeOf(repository.path, sha)) !== "commit") return refuse(c, 422, "Object does not exist");
      if (!force && !(await isAncestor(repository.path, head, sha)))
        return refuse(c, 422, "Update is not a fast forward");
      await git(repository.path, ["update-ref", `refs/heads/${name}`, sha]);
      if (sha !== head) pushed(record, name, sha);
      return c.json(shownRef(record, name, sha));
    }),
  );

  app.delete(
    "/repos/:owner/:name/git/refs/:ref{.+}",
    change(async (c, record, repository) => {
      const name = branchIn(c.req.param("ref"));
      if ((await repository.head(name)) === undefined) return refuse(c, 422, "Reference does not exist");
      if (name === record.defaultBranch) return refuse(c, 422, "Cannot delete the default branch");
      await git(repository.path, ["update-ref", "-d", `refs/heads/${name}`]);
      return c.body(null, 204);
    }),
  );

  return app;
}
