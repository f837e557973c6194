import { Hono } from "hono";
import { z } from "zod";
import { isSha, type TreeChange, typeOf, writeBlob, writeCommit, writeTree } from "../git/objects.ts";
import { type GitRepository, safePath } from "../git/repository.ts";
import type { CloudEnv } from "../kit/context.ts";
import { notFound, refuse } from "./refuse.ts";
import { apiUrl, shownGitCommit } from "./shown-commit.ts";
import { changing, within } from "./within.ts";
import type { RepositoryRecord, World } from "./world.ts";

const blobSchema = z.object({ content: z.string(), encoding: z.enum(["utf-8", "base64"]).default("utf-8") });

const modes = ["100644", "100755", "040000", "160000", "120000"] as const;
const treeSchema = z.object({
  base_tree: z.string().optional(),
  tree: z
    .array(
      z.object({
        path: z.string(),
        mode: z.enum(modes),
        type: z.enum(["blob", "tree", "commit"]).optional(),
        sha: z.string().nullable().optional(),
        content: z.string().optional(),
      }),
    )
    .min(1),
});

const personSchema = z.object({ name: z.string(), email: z.string(), date: z.iso.datetime().optional() });
const commitSchema = z.object({
  message: z.string(),
  tree: z.string(),
  parents: z.array(z.string()).default([]),
  author: personSchema.optional(),
  committer: personSchema.optional(),
});

/** `/git/blobs`, `/git/trees` and `/git/commits`: git's objects one by one. */
export function objectRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const on = within(world);
  const change = changing(world);

  async function shownTree(
    record: RepositoryRecord,
    repository: GitRepository,
    sha: string,
    recursive: boolean,
  ) {
    const url = apiUrl(world, record);
    const entries = await repository.list(sha, "", recursive);
    return {
      sha,
      url: `${url}/git/trees/${sha}`,
      truncated: false,
      tree: entries.map((each) => ({
        path: each.path,
        mode: each.mode,
        type: each.type,
        sha: each.sha,
        ...(each.type === "blob" ? { size: each.size } : {}),
        url: `${url}/git/${each.type}s/${each.sha}`,
      })),
    };
  }

  app.get(
    "/repos/:owner/:name/git/trees/:ref{.+}",
    on(async (c, record, repository) => {
      const ref = c.req.param("ref") ?? "";
      const isTree = (await typeOf(repository.path, ref)) === "tree";
      const sha = isTree ? ref : await repository.resolve(ref);
      if (sha === undefined) return notFound(c);
      return c.json(await shownTree(record, repository, sha, c.req.query("recursive") !== undefined));
    }),
  );

  app.post(
    "/repos/:owner/:name/git/trees",
    change(async (c, record, repository, body) => {
      const given = treeSchema.safeParse(body);
      if (!given.success) return refuse(c, 422, "Invalid tree info");
      const { base_tree: base, tree } = given.data;
      if (base !== undefined && !["tree", "commit"].includes((await typeOf(repository.path, base)) ?? ""))
        return refuse(c, 422, "base_tree is not a valid tree oid");
      const there = base === undefined ? [] : await repository.list(base, "", true);
      const changes: TreeChange[] = [];
      for (const { path, mode, sha, content } of tree) {
        if (!safePath(path)) return refuse(c, 422, "tree.path contains a malformed path component");
        if (mode === "040000")
          return refuse(c, 501, "The local cloud takes the files of a tree, not other trees in it.");
        if (content !== undefined) {
          if (sha) return refuse(c, 422, "Must supply either tree.sha or tree.content, not both.");
          changes.push({ path, mode, sha: await writeBlob(repository.path, Buffer.from(content, "utf8")) });
        } else if (sha === null) {
          if (!there.some((each) => each.path === path)) return refuse(c, 422, "GitRPC::BadObjectState");
          changes.push({ path, mode, sha: undefined });
        } else {
          if (sha === undefined) return refuse(c, 422, "Must supply tree.sha or tree.content");
          if (mode !== "160000" && (await typeOf(repository.path, sha)) !== "blob")
            return refuse(c, 422, `tree.sha ${sha} is not a valid blob`);
          changes.push({ path, mode, sha });
        }
      }
      const sha = await writeTree(repository.path, base, changes);
      return c.json(await shownTree(record, repository, sha, false), 201);
    }),
  );

  app.get(
    "/repos/:owner/:name/git/blobs/:sha",
    on(async (c, record, repository) => {
      const sha = c.req.param("sha") ?? "";
      if ((await typeOf(repository.path, sha)) !== "blob") return notFound(c);
      const content = await repository.read(sha);
      return c.json({
        sha,
        node_id: `B_${sha}`,
        size: content.length,
        url: `${apiUrl(world, record)}/git/blobs/${sha}`,
        content: content.toString("base64").replace(/(.{60})/g, "$1\n"),
        encoding: "base64",
      });
    }),
  );

  app.post(
    "/repos/:owner/:name/git/blobs",
    change(async (c, record, repository, body) => {
      const given = blobSchema.safeParse(body);
      if (!given.success)
        return refuse(c, 422, "Invalid request.", [{ message: z.prettifyError(given.error) }]);
      const { content, encoding } = given.data;
      if (encoding === "base64" && !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(content))
        return refuse(c, 422, "content is not valid Base64");
      const bytes = Buffer.from(content, encoding === "base64" ? "base64" : "utf8");
      const sha = await writeBlob(repository.path, bytes);
      return c.json({ sha, url: `${apiUrl(world, record)}/git/blobs/${sha}` }, 201);
    }),
  );

  app.get(
    "/repos/:owner/:name/git/commits/:sha",
    on(async (c, record, repository) => {
      const sha = c.req.param("sha") ?? "";
      const [commit] = isSha(sha) ? await repository.commits(sha, { limit: 1 }) : [];
      return commit === undefined ? notFound(c) : c.json(shownGitCommit(world, record, commit));
    }),
  );

  app.post(
    "/repos/:owner/:name/git/commits",
    change(async (c, record, repository, body) => {
      const given = commitSchema.safeParse(body);
      if (!given.success)
        return refuse(c, 422, "Invalid request.", [{ message: z.prettifyError(given.error) }]);
      const { message, tree, parents, author, committer } = given.data;
      if ((await typeOf(repository.path, tree)) !== "tree") return refuse(c, 422, "Tree SHA does not exist");
      for (const each of parents)
        if ((await typeOf(repository.path, each)) !== "commit")
          return refuse(c, 422, "Parent SHA does not exist or is not a commit object");
      const sha = await writeCommit(repository.path, {
        tree,
        parents,
        message,
        ...(author && { author }),
        ...(committer && { committer }),
      });
      const [commit] = await repository.commits(sha, { limit: 1 });
      return commit === undefined ? notFound(c) : c.json(shownGitCommit(world, record, commit), 201);
    }),
  );

  return app;
}
