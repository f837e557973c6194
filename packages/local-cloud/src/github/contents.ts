import { type Context, Hono } from "hono";
import { z } from "zod";
import { BranchMoved, type GitRepository, safePath } from "../git/repository.ts";
import type { CloudEnv } from "../kit/context.ts";
import { notFound, refuse } from "./refuse.ts";
import { contentOf, keyOf, type RepositoryRecord, type World } from "./world.ts";

const putSchema = z.object({
  message: z.string().min(1),
  content: z.string(),
  sha: z.string().optional(),
  branch: z.string().optional(),
});
const deleteSchema = z.object({ message: z.string().min(1), sha: z.string(), branch: z.string().optional() });

/** Everything inside of a repository: branches, references, trees, commits, contents. */
export function contentRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const base = () => `${world.context.url()}/github`;

  /** Runs a route on a repository that is there and has content; an empty one answers as GitHub does. */
  function on(
    work: (c: Context<CloudEnv>, record: RepositoryRecord, repository: GitRepository) => Promise<Response>,
    empty: (c: Context<CloudEnv>) => Response,
  ) {
    return async (c: Context<CloudEnv>): Promise<Response> => {
      const record = world.repositories.get(keyOf(c.req.param("owner") ?? "", c.req.param("name") ?? ""));
      if (record === undefined) return notFound(c);
      const repository = contentOf(world, record);
      return repository === undefined ? empty(c) : work(c, record, repository);
    };
  }
  const isEmpty = (c: Context<CloudEnv>) => refuse(c, 409, "Git Repository is empty.");

  app.get(
    "/repos/:owner/:name/branches",
    on(
      async (c, record, repository) => {
        const branches = await repository.branches();
        return c.json(
          branches.map(({ name, sha }) => ({
            name,
            commit: { sha, url: `${base()}/repos/${record.owner}/${record.name}/commits/${sha}` },
            protected: false,
          })),
        );
      },
      (c) => c.json([]),
    ),
  );

  app.get(
    "/repos/:owner/:name/branches/:branch{.+}",
    on(
      async (c, record, repository) => {
        const name = c.req.param("branch") ?? "";
        const sha = await repository.head(name);
        if (sha === undefined) return refuse(c, 404, "Branch not found");
        const [commit] = await repository.commits(sha, { limit: 1 });
        if (commit === undefined) return refuse(c, 404, "Branch not found");
        const url = `${base()}/repos/${record.owner}/${record.name}`;
        return c.json({
          name,
          commit: shownCommit(record, commit),
          _links: { self: `${url}/branches/${name}`, html: url },
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
      const name = (c.req.param("ref") ?? "").replace(/^heads\//, "");
      const sha = await repository.head(name);
      if (sha === undefined) return (await repository.branches()).length === 0 ? isEmpty(c) : notFound(c);
      const url = `${base()}/repos/${record.owner}/${record.name}`;
      return c.json({
        ref: `refs/heads/${name}`,
        node_id: `REF_${sha}`,
        url: `${url}/git/refs/heads/${name}`,
        object: { sha, type: "commit", url: `${url}/git/commits/${sha}` },
      });
    }, isEmpty),
  );

  app.get(
    "/repos/:owner/:name/git/trees/:ref",
    on(async (c, record, repository) => {
      const commit = await repository.resolve(c.req.param("ref") ?? "");
      if (commit === undefined) return notFound(c);
      const entries = await repository.list(commit, "", c.req.query("recursive") !== undefined);
      const url = `${base()}/repos/${record.owner}/${record.name}`;
      return c.json({
        sha: commit,
        url: `${url}/git/trees/${commit}`,
        truncated: false,
        tree: entries.map((each) => ({
          path: each.path,
          mode: each.mode,
          type: each.type,
          sha: each.sha,
          ...(each.type === "blob" ? { size: each.size } : {}),
          url: `${url}/git/${each.type}s/${each.sha}`,
        })),
      });
    }, isEmpty),
  );

  app.get(
    "/repos/:owner/:name/git/blobs/:sha",
    on(async (c, record, repository) => {
      const sha = c.req.param("sha") ?? "";
      if (!/^[0-9a-f]{40}$/.test(sha)) return notFound(c);
      const content = await repository.read(sha).catch(() => undefined);
      if (content === undefined) return notFound(c);
      return c.json({
        sha,
        node_id: `B_${sha}`,
        size: content.length,
        url: `${base()}/repos/${record.owner}/${record.name}/git/blobs/${sha}`,
        content: content.toString("base64"),
        encoding: "base64",
      });
    }, isEmpty),
  );

  function shownCommit(
    record: RepositoryRecord,
    each: Awaited<ReturnType<GitRepository["commits"]>>[number],
  ) {
    const url = `${base()}/repos/${record.owner}/${record.name}`;
    const person = { name: each.author, email: each.email, date: each.at };
    return {
      sha: each.sha,
      node_id: `C_${each.sha}`,
      url: `${url}/commits/${each.sha}`,
      html_url: `${base()}/${record.owner}/${record.name}/commit/${each.sha}`,
      commit: {
        message: each.message,
        tree: { sha: each.tree, url: `${url}/git/trees/${each.tree}` },
        author: person,
        committer: person,
        url: `${url}/git/commits/${each.sha}`,
        comment_count: 0,
      },
      author: null,
      committer: null,
      parents: [],
      comments_url: `${url}/commits/${each.sha}/comments`,
    };
  }

  app.get(
    "/repos/:owner/:name/commits",
    on(async (c, record, repository) => {
      const path = c.req.query("path");
      const list = await repository.commits(c.req.query("sha") ?? record.defaultBranch, {
        limit: Math.min(100, Number(c.req.query("per_page") ?? 30)),
        ...(path === undefined ? {} : { path }),
      });
      return c.json(list.map((each) => shownCommit(record, each)));
    }, isEmpty),
  );

  app.get(
    "/repos/:owner/:name/commits/:ref",
    on(async (c, record, repository) => {
      const [commit] = await repository.commits(c.req.param("ref") ?? "", { limit: 1 });
      return commit === undefined
        ? refuse(c, 422, `No commit found for SHA: ${c.req.param("ref")}`)
        : c.json({
            ...shownCommit(record, commit),
            stats: { total: 0, additions: 0, deletions: 0 },
            files: [],
          });
    }, isEmpty),
  );

  const at = (record: RepositoryRecord, path: string) =>
    `${base()}/repos/${record.owner}/${record.name}/contents/${path}`;

  function shownEntry(
    record: RepositoryRecord,
    entry: { path: string; type: string; sha: string; size: number },
  ) {
    const type = entry.type === "tree" ? "dir" : "file";
    const url = at(record, entry.path);
    return {
      name: entry.path.split("/").at(-1) ?? "",
      path: entry.path,
      sha: entry.sha,
      size: entry.size,
      url,
      html_url: url,
      git_url: url,
      download_url: type === "dir" ? null : url,
      type,
      _links: { self: url, git: url, html: url },
    };
  }

  async function entryAt(repository: GitRepository, commit: string, path: string) {
    const [entry] = await repository.list(commit, path, false);
    return entry?.path === path ? entry : undefined;
  }

  app.get(
    "/repos/:owner/:name/contents/:path{.*}",
    on(
      async (c, record, repository) => {
        const path = (c.req.param("path") ?? "").replace(/\/+$/, "");
        const commit = await repository.resolve(c.req.query("ref") ?? record.defaultBranch);
        if (commit === undefined || (path !== "" && !safePath(path))) return notFound(c);
        const entry = path === "" ? undefined : await entryAt(repository, commit, path);
        if (path === "" || entry?.type === "tree") {
          const list = await repository.list(commit, path === "" ? "" : `${path}/`, false);
          return c.json(list.map((each) => shownEntry(record, each)));
        }
        if (entry === undefined) return notFound(c);
        const content = await repository.read(entry.sha);
        if (c.req.header("accept")?.includes("raw"))
          return c.body(new Uint8Array(content), 200, { "content-type": "application/vnd.github.raw" });
        return c.json({
          ...shownEntry(record, entry),
          encoding: "base64",
          content: content.toString("base64").replace(/(.{60})/g, "$1\n"),
        });
      },
      (c) => refuse(c, 404, "This repository is empty."),
    ),
  );

  async function change(
    c: Context<CloudEnv>,
    record: RepositoryRecord,
    repository: GitRepository,
    given: { branch?: string | undefined; message: string; sha?: string | undefined },
    content: Uint8Array | undefined,
  ): Promise<Response> {
    const path = c.req.param("path") ?? "";
    const branch = given.branch ?? record.defaultBranch;
    if (!safePath(path)) return refuse(c, 422, "path contains a malformed path component");
    if (record.archived) return refuse(c, 403, "Repository was archived so is read-only.");
    const head = await repository.head(branch);
    const entry = head === undefined ? undefined : await entryAt(repository, head, path);
    if (content === undefined && entry === undefined) return notFound(c);
    if (entry !== undefined && given.sha === undefined)
      return refuse(c, 422, `Invalid request.\n\n"sha" wasn't supplied.`);
    if (given.sha !== undefined && entry?.sha !== given.sha)
      return refuse(c, 409, `${path} does not match ${given.sha}`);
    try {
      const sha = await repository.commit(
        branch,
        [{ path, ...(content === undefined ? {} : { content }) }],
        given.message,
      );
      world.context.bus.emit("github.push", { owner: record.owner, repo: record.name, branch, sha });
      const written = content === undefined ? undefined : await entryAt(repository, sha, path);
      const [commit] = await repository.commits(sha, { limit: 1 });
      return c.json(
        {
          content: written === undefined ? null : shownEntry(record, written),
          commit: {
            ...(commit === undefined ? {} : shownCommit(record, commit).commit),
            sha,
            html_url: `${base()}/${record.owner}/${record.name}/commit/${sha}`,
          },
        },
        content !== undefined && entry === undefined ? 201 : 200,
      );
    } catch (error) {
      if (error instanceof BranchMoved)
        return refuse(c, 409, `is at ${await repository.head(branch)} but expected ${head}`);
      throw error;
    }
  }

  app.put(
    "/repos/:owner/:name/contents/:path{.+}",
    on(async (c, record, repository) => {
      const given = putSchema.safeParse(await c.req.json().catch(() => undefined));
      if (!given.success)
        return refuse(c, 422, "Invalid request.", [{ message: z.prettifyError(given.error) }]);
      if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(given.data.content))
        return refuse(c, 422, "content is not valid Base64");
      return change(c, record, repository, given.data, Buffer.from(given.data.content, "base64"));
    }, isEmpty),
  );

  app.delete(
    "/repos/:owner/:name/contents/:path{.+}",
    on(async (c, record, repository) => {
      const query = {
        sha: c.req.query("sha"),
        message: c.req.query("message"),
        branch: c.req.query("branch"),
      };
      const given = deleteSchema.safeParse({ ...query, ...(await c.req.json().catch(() => ({}))) });
      if (!given.success)
        return refuse(c, 422, "Invalid request.", [{ message: z.prettifyError(given.error) }]);
      return change(c, record, repository, given.data, undefined);
    }, isEmpty),
  );

  return app;
}
