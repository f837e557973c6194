import { type Context, Hono } from "hono";
import { z } from "zod";
import { BranchMoved, type GitRepository, safePath } from "../git/repository.ts";
import type { CloudEnv } from "../kit/context.ts";
import { notFound, refuse } from "./refuse.ts";
import { shownCommit } from "./shown-commit.ts";
import { within } from "./within.ts";
import type { RepositoryRecord, World } from "./world.ts";

const putSchema = z.object({
  message: z.string().min(1),
  content: z.string(),
  sha: z.string().optional(),
  branch: z.string().optional(),
});
const deleteSchema = z.object({ message: z.string().min(1), sha: z.string(), branch: z.string().optional() });

/** `/contents`: files and folders at a commit, and one file changed by a commit. */
export function contentRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const base = () => `${world.context.url()}/github`;
  const on = within(world);

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
            ...(commit === undefined ? {} : shownCommit(world, record, commit).commit),
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
    }),
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
    }),
  );

  return app;
}
