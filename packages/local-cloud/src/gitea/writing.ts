import { type Context, Hono } from "hono";
import { z } from "zod";
import { BranchMoved, type FileChange, type GitRepository, safePath } from "../git/repository.ts";
import type { CloudEnv } from "../kit/context.ts";
import { on, refuse } from "./answers.ts";
import { entryAt, fileShown } from "./entries.ts";
import { baseOf, type RepositoryRecord, type World } from "./world.ts";

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const content = z.string().regex(base64, "is not base64");
const createFile = z.object({
  content,
  message: z.string().optional(),
  branch: z.string().optional(),
  new_branch: z.string().optional(),
});
const updateFile = createFile.extend({ sha: z.string(), from_path: z.string().optional() });
const deleteFile = z.object({
  sha: z.string(),
  message: z.string().optional(),
  branch: z.string().optional(),
});
const changeFiles = z.object({
  files: z
    .array(
      z.object({
        operation: z.enum(["create", "update", "delete"]),
        path: z.string(),
        content: content.optional(),
        sha: z.string().optional(),
        from_path: z.string().optional(),
      }),
    )
    .min(1),
  message: z.string().optional(),
  branch: z.string().optional(),
  new_branch: z.string().optional(),
});

/** Making, changing and removing files: one of them, or many in one commit. */
export function writingRoutes(world: World): Hono<CloudEnv> {
  const api = new Hono<CloudEnv>();

  interface Operation {
    operation: "create" | "update" | "delete";
    path: string;
    content?: string | undefined;
    sha?: string | undefined;
  }

  /** All operations in one commit, or none of them and why. */
  async function change(
    c: Context<CloudEnv>,
    record: RepositoryRecord,
    repository: GitRepository,
    operations: readonly Operation[],
    given: { message?: string | undefined; branch?: string | undefined },
  ) {
    if (record.archived) return { refused: refuse(world, c, 423, "repository is archived") };
    const branch = given.branch ?? record.defaultBranch;
    const head = await repository.head(branch);
    if (head === undefined)
      return {
        refused: refuse(
          world,
          c,
          given.branch === undefined ? 422 : 404,
          given.branch === undefined ? "repo is empty" : `branch does not exist [name: ${branch}]`,
        ),
      };
    const changes: FileChange[] = [];
    for (const each of operations) {
      if (!safePath(each.path))
        return {
          refused: refuse(world, c, 422, `path contains a malformed path component [path: ${each.path}]`),
        };
      const there = await entryAt(repository, head, each.path);
      if (each.operation === "create" && there !== undefined)
        return { refused: refuse(world, c, 422, `repository file already exists [path: ${each.path}]`) };
      if (each.operation !== "create" && there === undefined)
        return { refused: refuse(world, c, 404, `repository file does not exist [path: ${each.path}]`) };
      if (each.operation !== "create" && each.sha !== there?.sha)
        return {
          refused: refuse(
            world,
            c,
            each.operation === "delete" ? 400 : 422,
            `sha does not match [given: ${each.sha}, expected: ${there?.sha}]`,
          ),
        };
      changes.push({
        path: each.path,
        ...(each.operation === "delete" ? {} : { content: Buffer.from(each.content ?? "", "base64") }),
      });
    }
    try {
      const sha = await repository.commit(branch, changes, given.message ?? "Change files");
      const files = await Promise.all(
        operations.map(async (each) => {
          const entry = each.operation === "delete" ? undefined : await entryAt(repository, sha, each.path);
          return entry === undefined ? null : fileShown(world, record, repository, entry);
        }),
      );
      const commit = {
        sha,
        url: `${baseOf(world)}/api/v1/repos/${record.owner}/${record.name}/git/commits/${sha}`,
        html_url: `${baseOf(world)}/${record.owner}/${record.name}/commit/${sha}`,
        message: given.message ?? "",
        parents: [],
      };
      return {
        files,
        commit,
        verification: {
          verified: false,
          reason: "gpg.error.not_signed_commit",
          signature: "",
          payload: "",
          signer: null,
        },
      };
    } catch (error) {
      if (error instanceof BranchMoved) return { refused: refuse(world, c, 409, "the branch has moved") };
      throw error;
    }
  }

  api.post(
    "/repos/:owner/:name/contents",
    on(world, async (c, record, repository) => {
      const given = changeFiles.safeParse(await c.req.json().catch(() => undefined));
      if (!given.success) return refuse(world, c, 422, z.prettifyError(given.error));
      const done = await change(c, record, repository, given.data.files, given.data);
      return done.refused ?? c.json(done, 201);
    }),
  );

  for (const [method, operation, schema] of [
    ["post", "create", createFile],
    ["put", "update", updateFile],
    ["delete", "delete", deleteFile],
  ] as const) {
    api[method](
      "/repos/:owner/:name/contents/:path{.+}",
      on(world, async (c, record, repository) => {
        const given = schema.safeParse(await c.req.json().catch(() => undefined));
        if (!given.success) return refuse(world, c, 422, z.prettifyError(given.error));
        const done = await change(
          c,
          record,
          repository,
          [{ operation, path: c.req.param("path") ?? "", ...given.data }],
          given.data,
        );
        if (done.refused !== undefined) return done.refused;
        const { files, ...rest } = done;
        return c.json({ content: files?.[0] ?? null, ...rest }, operation === "create" ? 201 : 200);
      }),
    );
  }

  return api;
}
