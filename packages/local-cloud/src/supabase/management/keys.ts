import { Hono } from "hono";
import { z } from "zod";
import type { CloudEnv } from "../../kit/context.ts";
import { type ApiKey, newKey } from "../project.ts";
import { ensureKeys, find, type World } from "../world.ts";
import { bodyAs, refuse } from "./answers.ts";

const createSchema = z.strictObject({
  type: z.enum(["publishable", "secret"]),
  name: z
    .string()
    .regex(/^[a-z_][a-z0-9_]+$/)
    .min(4)
    .max(64),
  description: z.string().nullable().optional(),
  secret_jwt_template: z.strictObject({ role: z.string() }).nullable().optional(),
});

/** A key as it is shown: secret values only to whoever asks for them. */
function shown(key: ApiKey, reveal: boolean) {
  const open = key.type !== "secret" || reveal;
  return {
    name: key.name,
    api_key: open ? key.key : `${key.key.slice(0, 15)}······`,
    id: key.id,
    type: key.type,
    prefix: key.key.slice(0, 5),
    hash: "",
    description: key.description,
    ...(key.type === "secret" ? { secret_jwt_template: { role: key.role } } : {}),
    inserted_at: key.createdAt,
    updated_at: key.createdAt,
  };
}

/** `/v1/projects/{ref}/api-keys`: readable before the database is healthy, but not at once. */
export function keyRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const { context, projects } = world;
  const reveals = (text: string | undefined) => text === "true";

  app.get("/:ref/api-keys", async (c) => {
    const found = find(world, c.req.param("ref"));
    if (found === undefined) return refuse(c, 404, "Project not found");
    if (
      found.project.keys.length === 0 &&
      !context.clock.passed(found.project.since, context.settings.latencies.keysMs)
    )
      return c.json([]);
    const { keys } = await ensureKeys(world, found.project);
    return c.json(keys.map((key) => shown(key, reveals(c.req.query("reveal")))));
  });

  app.post("/:ref/api-keys", async (c) => {
    const found = find(world, c.req.param("ref"));
    if (found === undefined) return refuse(c, 404, "Project not found");
    const given = await bodyAs(c, createSchema);
    if ("refused" in given) return given.refused;
    const { type, name, description = null, secret_jwt_template } = given.body;
    const project = await ensureKeys(world, found.project);
    if (project.keys.some((key) => key.type === type && key.name === name))
      return refuse(c, 409, `An API key named "${name}" already exists`);
    const role =
      type === "publishable" ? "anon" : secret_jwt_template?.role === "anon" ? "anon" : "service_role";
    const key = { ...newKey(type, name, role, new Date(context.clock.now()).toISOString()), description };
    projects.set(project.ref, { ...project, keys: [...project.keys, key] });
    return c.json(shown(key, reveals(c.req.query("reveal"))), 201);
  });

  app.get("/:ref/api-keys/legacy", (c) => {
    const found = find(world, c.req.param("ref"));
    return found === undefined
      ? refuse(c, 404, "Project not found")
      : c.json({ enabled: found.project.legacyKeysEnabled });
  });

  app.put("/:ref/api-keys/legacy", (c) => {
    const found = find(world, c.req.param("ref"));
    if (found === undefined) return refuse(c, 404, "Project not found");
    const enabled = c.req.query("enabled");
    if (enabled !== "true" && enabled !== "false") return refuse(c, 400, "enabled: Required");
    const { legacyKeysEnabled } = projects.set(found.project.ref, {
      ...found.project,
      legacyKeysEnabled: enabled === "true",
    });
    return c.json({ enabled: legacyKeysEnabled });
  });

  app.delete("/:ref/api-keys/:id", async (c) => {
    const found = find(world, c.req.param("ref"));
    const key = found?.project.keys.find((each) => each.id === c.req.param("id") && each.type !== "legacy");
    if (found === undefined || key === undefined) return refuse(c, 404, "API key not found");
    projects.set(found.project.ref, {
      ...found.project,
      keys: found.project.keys.filter((each) => each !== key),
    });
    return c.json(shown(key, false));
  });

  return app;
}
