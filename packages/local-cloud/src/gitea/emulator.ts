import path from "node:path";
import { type Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import { gitHttp } from "../git/http.ts";
import {
  BranchMoved,
  createRepository,
  type FileChange,
  type GitRepository,
  openRepository,
  removeRepository,
  safePath,
} from "../git/repository.ts";
import type { CloudContext, CloudEnv, Emulator } from "../kit/context.ts";

interface RepositoryRecord {
  id: number;
  owner: string;
  name: string;
  description: string;
  private: boolean;
  archived: boolean;
  defaultBranch: string;
  createdAt: string;
}

const login = "atoll-bot";
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
const createRepo = z.object({
  name: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/),
  description: z.string().default(""),
  private: z.boolean().default(false),
  auto_init: z.boolean().default(false),
  default_branch: z.string().default("main"),
});

/** Gitea: the same real git as GitHub's emulator, with Gitea's own verbs, answers and limits. */
export async function giteaEmulator(context: CloudContext): Promise<Emulator> {
  const repositories = context.store.collection<RepositoryRecord>("gitea.repositories");
  const organizations = context.store.collection<{ name: string }>("gitea.organizations");
  const folderOf = (owner: string, name: string) =>
    path.join(context.settings.dataDir, "gitea", owner.toLowerCase(), `${name.toLowerCase()}.git`);
  const keyOf = (owner: string, name: string) => `${owner}/${name}`.toLowerCase();
  const find = (owner: string, name: string) => repositories.get(keyOf(owner, name));
  const base = () => `${context.url()}/gitea`;

  async function create(owner: string, given: z.infer<typeof createRepo>): Promise<RepositoryRecord> {
    const repository = await createRepository(folderOf(owner, given.name), given.default_branch);
    if (given.auto_init)
      await repository.commit(
        given.default_branch,
        [{ path: "README.md", content: Buffer.from(`# ${given.name}\n`) }],
        "Initial commit",
      );
    const record: RepositoryRecord = {
      id: repositories.values().length + 1,
      owner,
      name: given.name,
      description: given.description,
      private: given.private,
      archived: false,
      defaultBranch: given.default_branch,
      createdAt: new Date(context.clock.now()).toISOString(),
    };
    return repositories.set(keyOf(owner, given.name), record);
  }

  if (organizations.get("atoll") === undefined) organizations.set("atoll", { name: "atoll" });
  if (find("atoll", "ops-hub") === undefined)
    await create("atoll", {
      name: "ops-hub",
      description: "Backups of clients' workflows",
      private: true,
      auto_init: true,
      default_branch: "main",
    });

  const app = new Hono<CloudEnv>();
  const api = new Hono<CloudEnv>();
  const refuse = (c: Context<CloudEnv>, status: ContentfulStatusCode, message: string) =>
    c.json({ message, url: `${base()}/api/swagger` }, status);
  const notFound = (c: Context<CloudEnv>) => refuse(c, 404, "GetRepo: The target couldn't be found.");
  const account = (name: string) => ({
    id: 1,
    login: name,
    login_name: "",
    full_name: "",
    email: `${name}@noreply.localhost`,
    avatar_url: "",
    username: name,
    is_admin: false,
    visibility: "public",
  });

  const shown = (record: RepositoryRecord) => ({
    id: record.id,
    owner: account(record.owner),
    name: record.name,
    full_name: `${record.owner}/${record.name}`,
    description: record.description,
    empty: false,
    private: record.private,
    fork: false,
    template: false,
    mirror: false,
    size: 1,
    html_url: `${base()}/${record.owner}/${record.name}`,
    clone_url: `${base()}/git/${record.owner}/${record.name}.git`,
    ssh_url: `git@localhost:${record.owner}/${record.name}.git`,
    default_branch: record.defaultBranch,
    archived: record.archived,
    created_at: record.createdAt,
    updated_at: record.createdAt,
    permissions: { admin: true, push: true, pull: true },
  });

  app.route(
    "/git",
    gitHttp(context.tokens.gitea, (owner, name) => {
      const record = find(owner, name);
      return record === undefined
        ? undefined
        : { repository: openRepository(folderOf(record.owner, record.name)), pushed: () => {} };
    }),
  );

  api.use(async (c, next) => {
    const given = /^(?:token|Bearer) (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (c.req.path.endsWith("/version")) await next();
    else if (given === undefined) return refuse(c, 401, "token is required");
    else if (given !== context.tokens.gitea) return refuse(c, 401, "user does not exist [uid: 0, name: ]");
    else await next();
    return undefined;
  });

  api.get("/version", (c) => c.json({ version: "1.25.0" }));
  api.get("/user", (c) => c.json(account(login)));

  api.post("/orgs", async (c) => {
    const given = z
      .object({ username: z.string().regex(/^[A-Za-z0-9._-]{1,40}$/) })
      .safeParse(await c.req.json().catch(() => undefined));
    if (!given.success) return refuse(c, 422, z.prettifyError(given.error));
    if (organizations.get(given.data.username) !== undefined)
      return refuse(c, 422, `user already exists [name: ${given.data.username}]`);
    organizations.set(given.data.username, { name: given.data.username });
    return c.json({ ...account(given.data.username), name: given.data.username }, 201);
  });
  api.get("/orgs/:org", (c) =>
    organizations.get(c.req.param("org")) === undefined
      ? refuse(c, 404, "The target couldn't be found.")
      : c.json({ ...account(c.req.param("org")), name: c.req.param("org") }),
  );

  for (const at of ["/user/repos", "/orgs/:org/repos"] as const) {
    api.post(at, async (c) => {
      const owner = c.req.param("org") ?? login;
      if (owner !== login && organizations.get(owner) === undefined) return notFound(c);
      const given = createRepo.safeParse(await c.req.json().catch(() => undefined));
      if (!given.success) return refuse(c, 422, z.prettifyError(given.error));
      if (find(owner, given.data.name) !== undefined)
        return refuse(c, 409, "The repository with the same name already exists.");
      return c.json(shown(await create(owner, given.data)), 201);
    });
  }

  api.get("/repos/:owner/:name", async (c) => {
    const record = find(c.req.param("owner"), c.req.param("name"));
    if (record === undefined) return notFound(c);
    const empty =
      (await openRepository(folderOf(record.owner, record.name)).head(record.defaultBranch)) === undefined;
    return c.json({ ...shown(record), empty });
  });
  api.delete("/repos/:owner/:name", async (c) => {
    const record = find(c.req.param("owner"), c.req.param("name"));
    if (record === undefined) return notFound(c);
    repositories.delete(keyOf(record.owner, record.name));
    await removeRepository(folderOf(record.owner, record.name));
    return c.body(null, 204);
  });

  type Work = (
    c: Context<CloudEnv>,
    record: RepositoryRecord,
    repository: GitRepository,
  ) => Promise<Response>;
  const on = (work: Work) => async (c: Context<CloudEnv>) => {
    const record = find(c.req.param("owner") ?? "", c.req.param("name") ?? "");
    return record === undefined
      ? notFound(c)
      : work(c, record, openRepository(folderOf(record.owner, record.name)));
  };

  api.get(
    "/repos/:owner/:name/branches",
    on(async (c, _, repository) =>
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
    on(async (c, _, repository) => {
      const name = c.req.param("branch") ?? "";
      const sha = await repository.head(name);
      return sha === undefined
        ? refuse(c, 404, "branch does not exist")
        : c.json({ name, commit: { id: sha, message: "" }, protected: false });
    }),
  );

  api.get(
    "/repos/:owner/:name/commits",
    on(async (c, record, repository) => {
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
          url: `${base()}/api/v1/repos/${record.owner}/${record.name}/git/commits/${each.sha}`,
          html_url: `${base()}/${record.owner}/${record.name}/commit/${each.sha}`,
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

  const entryShown = (
    record: RepositoryRecord,
    entry: { path: string; type: string; sha: string; size: number },
  ) => {
    const url = `${base()}/api/v1/repos/${record.owner}/${record.name}/contents/${entry.path}`;
    return {
      name: entry.path.split("/").at(-1) ?? "",
      path: entry.path,
      sha: entry.sha,
      type: entry.type === "tree" ? "dir" : "file",
      size: entry.size,
      url,
      html_url: url,
      git_url: url,
      download_url: url,
      encoding: null,
      content: null,
      target: null,
      submodule_git_url: null,
    };
  };
  const fileShown = async (
    record: RepositoryRecord,
    repository: GitRepository,
    entry: Parameters<typeof entryShown>[1],
  ) => ({
    ...entryShown(record, entry),
    encoding: "base64",
    content: (await repository.read(entry.sha)).toString("base64"),
  });
  const entryAt = async (repository: GitRepository, commit: string | undefined, file: string) =>
    commit === undefined
      ? undefined
      : (await repository.list(commit, file, false)).find((each) => each.path === file);

  for (const at of ["/repos/:owner/:name/contents", "/repos/:owner/:name/contents/:path{.*}"] as const) {
    api.get(
      at,
      on(async (c, record, repository) => {
        const file = (c.req.param("path") ?? "").replace(/\/+$/, "");
        const commit = await repository.resolve(c.req.query("ref") ?? record.defaultBranch);
        if (commit === undefined || (file !== "" && !safePath(file))) return notFound(c);
        const entry = file === "" ? undefined : await entryAt(repository, commit, file);
        if (file === "" || entry?.type === "tree")
          return c.json(
            (await repository.list(commit, file === "" ? "" : `${file}/`, false)).map((each) =>
              entryShown(record, each),
            ),
          );
        if (entry === undefined) return notFound(c);
        return c.json(await fileShown(record, repository, entry));
      }),
    );
  }

  api.get(
    "/repos/:owner/:name/raw/:path{.+}",
    on(async (c, record, repository) => {
      const file = c.req.param("path") ?? "";
      const entry = await entryAt(
        repository,
        await repository.resolve(c.req.query("ref") ?? record.defaultBranch),
        file,
      );
      return entry === undefined || !safePath(file)
        ? notFound(c)
        : c.body(new Uint8Array(await repository.read(entry.sha)));
    }),
  );

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
    if (record.archived) return { refused: refuse(c, 423, "repository is archived") };
    const branch = given.branch ?? record.defaultBranch;
    const head = await repository.head(branch);
    if (head === undefined)
      return {
        refused: refuse(
          c,
          given.branch === undefined ? 422 : 404,
          given.branch === undefined ? "repo is empty" : `branch does not exist [name: ${branch}]`,
        ),
      };
    const changes: FileChange[] = [];
    for (const each of operations) {
      if (!safePath(each.path))
        return { refused: refuse(c, 422, `path contains a malformed path component [path: ${each.path}]`) };
      const there = await entryAt(repository, head, each.path);
      if (each.operation === "create" && there !== undefined)
        return { refused: refuse(c, 422, `repository file already exists [path: ${each.path}]`) };
      if (each.operation !== "create" && there === undefined)
        return { refused: refuse(c, 404, `repository file does not exist [path: ${each.path}]`) };
      if (each.operation !== "create" && each.sha !== there?.sha)
        return {
          refused: refuse(
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
          return entry === undefined ? null : fileShown(record, repository, entry);
        }),
      );
      const commit = {
        sha,
        url: `${base()}/api/v1/repos/${record.owner}/${record.name}/git/commits/${sha}`,
        html_url: `${base()}/${record.owner}/${record.name}/commit/${sha}`,
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
      if (error instanceof BranchMoved) return { refused: refuse(c, 409, "the branch has moved") };
      throw error;
    }
  }

  api.post(
    "/repos/:owner/:name/contents",
    on(async (c, record, repository) => {
      const given = changeFiles.safeParse(await c.req.json().catch(() => undefined));
      if (!given.success) return refuse(c, 422, z.prettifyError(given.error));
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
      on(async (c, record, repository) => {
        const given = schema.safeParse(await c.req.json().catch(() => undefined));
        if (!given.success) return refuse(c, 422, z.prettifyError(given.error));
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

  app.route("/api/v1", api);

  return {
    name: "gitea",
    app,
    async inventory() {
      const all = repositories
        .values()
        .toSorted((a, b) => keyOf(a.owner, a.name).localeCompare(keyOf(b.owner, b.name)));
      return {
        repositories: await Promise.all(
          all.map(async (record) => {
            const repository = openRepository(folderOf(record.owner, record.name));
            const head = await repository.head(record.defaultBranch);
            const files =
              head === undefined
                ? []
                : (await repository.list(head, "", true)).filter((each) => each.type === "blob");
            return {
              name: `${record.owner}/${record.name}`,
              files: files.map((each) => each.path).toSorted(),
            };
          }),
        ),
      };
    },
    async plant(thing) {
      const given = z
        .object({
          owner: z.string().default("atoll"),
          name: z.string().default("ops-hub"),
          path: z.string(),
          content: z.string().default("somebody else's"),
        })
        .parse(thing);
      const record = find(given.owner, given.name);
      if (record === undefined) throw new Error(`There is no repository ${given.owner}/${given.name}.`);
      const repository = openRepository(folderOf(record.owner, record.name));
      return {
        sha: await repository.commit(
          record.defaultBranch,
          [{ path: given.path, content: Buffer.from(given.content) }],
          "Add a file",
        ),
      };
    },
  };
}
