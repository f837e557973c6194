import { randomInt } from "node:crypto";
import { Hono } from "hono";
import { z } from "zod";
import { createRepository, generateRepository, openRepository, removeRepository } from "../git/repository.ts";
import type { CloudEnv } from "../kit/context.ts";
import { notFound, refuse } from "./refuse.ts";
import { shownRepository } from "./shown.ts";
import { contentOf, folderOf, keyOf, pullKey, type RepositoryRecord, type World } from "./world.ts";

const generateSchema = z.object({
  owner: z.string().optional(),
  name: z.string().min(1).max(100),
  description: z.string().max(350).optional(),
  include_all_branches: z.boolean().optional(),
  private: z.boolean().default(false),
});

const createSchema = generateSchema.extend({
  auto_init: z.boolean().optional(),
  is_template: z.boolean().optional(),
});

const changeSchema = z.object({
  name: z.string().min(1).max(100).optional(),
  description: z.string().max(350).nullable().optional(),
  private: z.boolean().optional(),
  archived: z.boolean().optional(),
  is_template: z.boolean().optional(),
  default_branch: z.string().optional(),
});

/** GitHub writes a hyphen for every character that a name may not have. */
const cleaned = (name: string) => name.replace(/[^A-Za-z0-9._-]/g, "-").replace(/\.(git|wiki)$/, "");

/** A record of a new repository, whose filling begins now. */
export function newRecord(
  world: World,
  given: {
    owner: string;
    name: string;
    description?: string | undefined;
    private: boolean;
    template?: string;
    isTemplate?: boolean;
  },
): RepositoryRecord {
  const now = world.context.clock.now();
  return {
    id: randomInt(100_000_000, 999_999_999),
    owner: given.owner,
    name: given.name,
    description: given.description ?? null,
    private: given.private,
    isTemplate: given.isTemplate ?? false,
    archived: false,
    topics: [],
    defaultBranch: "main",
    ...(given.template === undefined ? {} : { template: given.template }),
    createdAt: new Date(now).toISOString(),
    since: now,
  };
}

/** Making, reading, changing and removing repositories. */
export function repositoryRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const { repositories, context } = world;
  const find = (owner: string, name: string) => repositories.get(keyOf(owner, name));
  const body = async (c: { req: { json(): Promise<unknown> } }) => c.req.json().catch(() => ({}));
  const mayOwn = (owner: string) => owner === world.login || world.organizations.includes(owner);

  app.post("/repos/:owner/:name/generate", async (c) => {
    const template = find(c.req.param("owner"), c.req.param("name"));
    if (template === undefined) return notFound(c);
    const given = generateSchema.safeParse(await body(c));
    if (!given.success)
      return refuse(c, 422, "Invalid request.", [{ message: z.prettifyError(given.error) }]);
    if (!template.isTemplate)
      return refuse(c, 422, `${template.owner}/${template.name} is not a template repository.`);
    const owner = given.data.owner ?? world.login;
    const name = cleaned(given.data.name);
    if (!mayOwn(owner)) return refuse(c, 404, "Not Found");
    if (find(owner, name) !== undefined) {
      return refuse(c, 422, "Unprocessable Entity", [
        "Could not clone: Name already exists on this account",
      ] as never);
    }
    const record = newRecord(world, {
      owner,
      name,
      description: given.data.description,
      private: given.data.private,
      template: keyOf(template.owner, template.name),
    });
    // Known from this moment on, seen as filled only later.
    repositories.set(keyOf(owner, name), record);
    await generateRepository(
      openRepository(folderOf(world, template.owner, template.name)),
      template.defaultBranch,
      folderOf(world, owner, name),
      record.defaultBranch,
    );
    const begun = repositories.set(keyOf(owner, name), { ...record, since: context.clock.now() });
    return c.json(shownRepository(world, begun), 201);
  });

  async function create(
    owner: string,
    given: z.infer<typeof createSchema>,
  ): Promise<RepositoryRecord | undefined> {
    const name = cleaned(given.name);
    if (find(owner, name) !== undefined) return undefined;
    const record = newRecord(world, {
      owner,
      name,
      description: given.description,
      private: given.private,
      isTemplate: given.is_template ?? false,
    });
    const repository = await createRepository(folderOf(world, owner, name), record.defaultBranch);
    if (given.auto_init)
      await repository.commit(
        "main",
        [{ path: "README.md", content: Buffer.from(`# ${name}\n`) }],
        "Initial commit",
      );
    return repositories.set(keyOf(owner, name), record);
  }

  for (const at of ["/user/repos", "/orgs/:org/repos"] as const) {
    app.post(at, async (c) => {
      const owner = c.req.param("org") ?? world.login;
      if (!mayOwn(owner)) return notFound(c);
      const given = createSchema.safeParse(await body(c));
      if (!given.success)
        return refuse(c, 422, "Invalid request.", [{ message: z.prettifyError(given.error) }]);
      const record = await create(owner, given.data);
      if (record !== undefined) return c.json(shownRepository(world, record), 201);
      return refuse(c, 422, "Repository creation failed.", [
        {
          resource: "Repository",
          code: "custom",
          field: "name",
          message: "name already exists on this account",
        },
      ]);
    });
    app.get(at, (c) => {
      const owner = c.req.param("org") ?? world.login;
      const perPage = Math.min(100, Number(c.req.query("per_page") ?? 30));
      const page = Number(c.req.query("page") ?? 1);
      const all = repositories
        .values()
        .filter((each) => each.owner === owner)
        .sort((a, b) => a.name.localeCompare(b.name));
      return c.json(
        all.slice((page - 1) * perPage, page * perPage).map((each) => shownRepository(world, each)),
      );
    });
  }

  app.get("/repos/:owner/:name", (c) => {
    const record = find(c.req.param("owner"), c.req.param("name"));
    return record === undefined ? notFound(c) : c.json(shownRepository(world, record));
  });

  app.patch("/repos/:owner/:name", async (c) => {
    const record = find(c.req.param("owner"), c.req.param("name"));
    if (record === undefined) return notFound(c);
    const given = changeSchema.safeParse(await body(c));
    if (!given.success)
      return refuse(c, 422, "Invalid request.", [{ message: z.prettifyError(given.error) }]);
    if (given.data.name !== undefined && given.data.name !== record.name)
      return c.json({ message: "The local cloud does not rename repositories." }, 501);
    if (record.archived && given.data.archived !== false)
      return refuse(c, 403, "Repository was archived so is read-only.");
    const {
      description = record.description,
      private: isPrivate = record.private,
      archived = record.archived,
      is_template: isTemplate = record.isTemplate,
      default_branch: defaultBranch = record.defaultBranch,
    } = given.data;
    return c.json(
      shownRepository(
        world,
        repositories.set(keyOf(record.owner, record.name), {
          ...record,
          description,
          private: isPrivate,
          archived,
          isTemplate,
          defaultBranch,
        }),
      ),
    );
  });

  app.delete("/repos/:owner/:name", async (c) => {
    const record = find(c.req.param("owner"), c.req.param("name"));
    if (record === undefined) return notFound(c);
    repositories.delete(keyOf(record.owner, record.name));
    for (const each of world.pulls.values())
      if (each.repositoryId === record.id) world.pulls.delete(pullKey(each));
    await removeRepository(folderOf(world, record.owner, record.name));
    return c.body(null, 204);
  });

  app.get("/repos/:owner/:name/topics", (c) => {
    const record = find(c.req.param("owner"), c.req.param("name"));
    return record === undefined ? notFound(c) : c.json({ names: record.topics });
  });

  app.put("/repos/:owner/:name/topics", async (c) => {
    const record = find(c.req.param("owner"), c.req.param("name"));
    if (record === undefined) return notFound(c);
    const given = z
      .object({ names: z.array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,49}$/)).max(20) })
      .safeParse(await body(c));
    if (!given.success)
      return refuse(c, 422, "Validation Failed", [
        { resource: "Repository", code: "invalid", field: "names" },
      ]);
    return c.json({
      names: repositories.set(keyOf(record.owner, record.name), { ...record, topics: given.data.names })
        .topics,
    });
  });

  context.git.github = {
    bareRepository(owner, name) {
      const record = find(owner, name);
      const content = record === undefined ? undefined : contentOf(world, record);
      return record === undefined || content === undefined
        ? undefined
        : { path: content.path, id: record.id, defaultBranch: record.defaultBranch };
    },
  };
  return app;
}
