import { Hono } from "hono";
import { z } from "zod";
import { gitHttp } from "../git/http.ts";
import { openRepository } from "../git/repository.ts";
import type { CloudContext, CloudEnv, Emulator } from "../kit/context.ts";
import { refuse } from "./answers.ts";
import { readingRoutes } from "./reading.ts";
import { repositoryRoutes } from "./repositories.ts";
import { account } from "./shown.ts";
import { createRecord, folderOf, keyOf, login, type World } from "./world.ts";
import { writingRoutes } from "./writing.ts";

/** Gitea: the same real git as GitHub's emulator, with Gitea's own verbs, answers and limits. */
export async function giteaEmulator(context: CloudContext): Promise<Emulator> {
  const world: World = {
    context,
    repositories: context.store.collection("gitea.repositories"),
    organizations: context.store.collection("gitea.organizations"),
  };
  const { repositories, organizations } = world;
  const find = (owner: string, name: string) => repositories.get(keyOf(owner, name));

  if (organizations.get("atoll") === undefined) organizations.set("atoll", { name: "atoll" });
  if (repositories.get(keyOf("atoll", "ops-hub")) === undefined)
    await createRecord(world, "atoll", {
      name: "ops-hub",
      description: "Backups of clients' workflows",
      private: true,
      auto_init: true,
      default_branch: "main",
    });

  const app = new Hono<CloudEnv>();
  const api = new Hono<CloudEnv>();

  app.route(
    "/git",
    gitHttp(context.tokens.gitea, (owner, name) => {
      const record = find(owner, name);
      return record === undefined
        ? undefined
        : { repository: openRepository(folderOf(world, record)), pushed: () => {} };
    }),
  );

  api.use(async (c, next) => {
    const given = /^(?:token|Bearer) (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (c.req.path.endsWith("/version")) await next();
    else if (given === undefined) return refuse(world, c, 401, "token is required");
    else if (given !== context.tokens.gitea)
      return refuse(world, c, 401, "user does not exist [uid: 0, name: ]");
    else await next();
    return undefined;
  });

  api.get("/version", (c) => c.json({ version: "1.25.0" }));
  api.get("/user", (c) => c.json(account(login)));

  for (const routes of [repositoryRoutes, readingRoutes, writingRoutes]) api.route("/", routes(world));
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
            const repository = openRepository(folderOf(world, record));
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
      const repository = openRepository(folderOf(world, record));
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
