import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { gitHttp } from "../git/http.ts";
import { createRepository, type FileChange } from "../git/repository.ts";
import { git } from "../git/run.ts";
import type { CloudContext, CloudEnv, Emulator } from "../kit/context.ts";
import { atOnce, rateLimit } from "../kit/rate-limit.ts";
import { branchRoutes } from "./branches.ts";
import { commitRoutes } from "./commits.ts";
import { contentRoutes } from "./contents.ts";
import { objectRoutes } from "./objects.ts";
import { followPushes, pullRoutes } from "./pulls.ts";
import { notFound, refuse } from "./refuse.ts";
import { newRecord, repositoryRoutes } from "./repositories.ts";
import { shownAccount, shownOrganization, shownOwner } from "./shown.ts";
import { contentOf, folderOf, keyOf, type PullRecord, type RepositoryRecord, type World } from "./world.ts";

/** Accounts of the local cloud: who the token belongs to, where clients' repositories and templates are. */
const login = "atoll-bot";
const organizations = ["atoll-clients", "atoll-templates"];
const templateName = "business-app";

const leftOut = new Set([
  "node_modules",
  ".next",
  ".git",
  "next-env.d.ts",
  "tsconfig.tsbuildinfo",
  ".env.local",
  ".env",
]);

/** All files below a folder, with paths as git writes them. */
function filesBelow(folder: string, prefix = ""): FileChange[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !leftOut.has(entry.name))
    .flatMap((entry) => {
      const at = path.join(folder, entry.name);
      const name = `${prefix}${entry.name}`;
      return entry.isDirectory()
        ? filesBelow(at, `${name}/`)
        : entry.isFile()
          ? [{ path: name, content: readFileSync(at) }]
          : [];
    });
}

const plantSchema = z.object({
  owner: z.string().default("atoll-clients"),
  name: z.string(),
  description: z.string().optional(),
  topics: z.array(z.string()).default([]),
});

/** GitHub: REST API over real bare git repositories, which can be cloned from and pushed to. */
export async function githubEmulator(context: CloudContext): Promise<Emulator> {
  const repositories = context.store.collection<RepositoryRecord>("github.repositories");
  const pulls = context.store.collection<PullRecord>("github.pulls");
  const world: World = { context, repositories, pulls, organizations, login };
  followPushes(world);
  await seedTemplate();

  /** The template follows the files of this checkout: a change of them is a new commit. */
  async function seedTemplate(): Promise<void> {
    const key = keyOf("atoll-templates", templateName);
    const folder = folderOf(world, "atoll-templates", templateName);
    const record =
      repositories.get(key) ??
      newRecord(world, {
        owner: "atoll-templates",
        name: templateName,
        description: "The application that instances run.",
        private: false,
        isTemplate: true,
      });
    if (!repositories.get(key)) await createRepository(folder, "main");
    repositories.set(key, record);
    const repository = contentOf(world, record);
    const files = filesBelow(context.settings.templateDir);
    const wanted = files.length > 0 ? files : [{ path: "README.md", content: Buffer.from("# Template\n") }];
    const head = await repository?.head("main");
    const there =
      head === undefined || repository === undefined
        ? []
        : (await repository.list(head, "", true)).filter((each) => each.type === "blob");
    const gone = there
      .filter((each) => !wanted.some((file) => file.path === each.path))
      .map((each) => ({ path: each.path }));
    const sha = await repository?.commit("main", [...gone, ...wanted], "Bring the template up to date");
    // The same tree again is no news: the branch stays where it was.
    if (repository !== undefined && head !== undefined && sha !== undefined) {
      const [now, before] = [
        await repository.commits(sha, { limit: 1 }),
        await repository.commits(head, { limit: 1 }),
      ];
      if (now[0]?.tree === before[0]?.tree) await resetBranch(repository.path, head);
    }
  }

  async function resetBranch(folder: string, sha: string): Promise<void> {
    await git(folder, ["update-ref", "refs/heads/main", sha]);
  }

  const app = new Hono<CloudEnv>();

  app.route(
    "/git",
    gitHttp(context.tokens.github, (owner, name) => {
      const record = repositories.get(keyOf(owner, name));
      const repository = record === undefined ? undefined : contentOf(world, record);
      if (record === undefined || repository === undefined) return undefined;
      return {
        repository,
        pushed: (branch, sha) =>
          context.bus.emit("github.push", { owner: record.owner, repo: record.name, branch, sha }),
      };
    }),
  );

  app.use(async (c, next) => {
    const given = /^(?:Bearer|token) (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (given === undefined) return refuse(c, 401, "Requires authentication");
    if (given !== context.tokens.github) return refuse(c, 401, "Bad credentials");
    if (c.req.header("user-agent") === undefined)
      return refuse(
        c,
        403,
        "Request forbidden by administrative rules. Please make sure your request has a User-Agent header",
      );
    await next();
    c.res.headers.set("x-oauth-scopes", "repo, delete_repo");
    c.res.headers.set("x-github-media-type", "github.v3; format=json");
    return undefined;
  });

  const headers = ({
    limit,
    remaining,
    resetMs,
    now,
  }: {
    limit: number;
    remaining: number;
    resetMs: number;
    now: number;
  }) => ({
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-used": String(limit - remaining),
    "x-ratelimit-reset": String(Math.ceil((now + resetMs) / 1000)),
    "x-ratelimit-resource": "core",
  });
  app.use(
    rateLimit(context, {
      limit: 5000,
      windowMs: 3_600_000,
      key: () => "core",
      headers,
      refuse: (c) => refuse(c, 403, "API rate limit exceeded for user ID 1."),
    }),
  );
  // Secondary limits: no header tells of them before they are reached.
  const secondary = (c: Context<CloudEnv>, resetMs: number) => {
    const refused = refuse(
      c,
      403,
      "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
    );
    refused.headers.set("retry-after", String(Math.ceil(resetMs / 1000)));
    return refused;
  };
  const makesContent = ({ req: { method } }: Context<CloudEnv>) => method === "POST" || method === "PUT";
  for (const [limit, windowMs] of [
    [80, 60_000],
    [500, 3_600_000],
  ] as const)
    app.use(
      rateLimit(context, {
        limit,
        windowMs,
        key: (c) => (makesContent(c) ? "content" : undefined),
        refuse: secondary,
      }),
    );
  app.use(
    rateLimit(context, {
      limit: 900,
      windowMs: 60_000,
      key: () => "points",
      points: (c) => (/^(GET|HEAD|OPTIONS)$/.test(c.req.method) ? 1 : 5),
      refuse: secondary,
    }),
  );
  app.use(atOnce(context, 100, (c) => secondary(c, 60_000)));

  app.get("/user", (c) => c.json(shownOwner(world)));
  app.get("/user/orgs", (c) =>
    c.json(organizations.map((each) => ({ ...shownAccount(world, each), description: null }))),
  );
  app.get("/rate_limit", (c) => {
    const core = { limit: 5000, used: 0, remaining: 5000, reset: 0 };
    const search = { limit: 30, used: 0, remaining: 30, reset: 0 };
    return c.json({ resources: { core, search }, rate: core });
  });
  app.get("/orgs/:login", (c) => {
    const name = c.req.param("login");
    return organizations.includes(name) ? c.json(shownOrganization(world, name)) : notFound(c);
  });
  app.get("/users/:login", (c) => {
    const name = c.req.param("login");
    return organizations.includes(name) || name === login ? c.json(shownAccount(world, name)) : notFound(c);
  });
  app.route("/", repositoryRoutes(world));
  app.route("/", contentRoutes(world));
  app.route("/", branchRoutes(world));
  app.route("/", objectRoutes(world));
  app.route("/", commitRoutes(world));
  app.route("/", pullRoutes(world));

  return {
    name: "github",
    app,
    async inventory() {
      const all = repositories
        .values()
        .toSorted((a, b) => keyOf(a.owner, a.name).localeCompare(keyOf(b.owner, b.name)));
      return {
        repositories: await Promise.all(
          all.map(async (record) => {
            const repository = contentOf(world, record);
            const head = await repository?.head(record.defaultBranch);
            const files = head === undefined ? [] : await repository?.list(head, "", true);
            return {
              name: `${record.owner}/${record.name}`,
              id: record.id,
              topics: record.topics,
              archived: record.archived,
              files: files?.filter((each) => each.type === "blob").length ?? 0,
              pulls: pulls.values().filter((each) => each.repositoryId === record.id).length,
            };
          }),
        ),
      };
    },
    async plant(thing) {
      const { owner, name, description, topics } = plantSchema.parse(thing);
      const repository = await createRepository(folderOf(world, owner, name), "main");
      await repository.commit(
        "main",
        [{ path: "README.md", content: Buffer.from("# Somebody else's\n") }],
        "Initial commit",
      );
      const record = { ...newRecord(world, { owner, name, description, private: true }), topics };
      repositories.set(keyOf(owner, name), record);
      return { id: record.id };
    },
  };
}
