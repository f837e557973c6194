import { Hono } from "hono";
import { z } from "zod";
import type { CloudEnv } from "../../kit/context.ts";
import { databaseOf, loginOf } from "../project.ts";
import { find, type World } from "../world.ts";
import { bodyAs, refuse } from "./answers.ts";
import { changedAuth, shownAuth } from "./auth-config.ts";

const postgrestSchema = z.strictObject({
  db_schema: z.string().optional(),
  db_extra_search_path: z.string().optional(),
  max_rows: z.number().int().min(0).max(1_000_000).optional(),
  db_pool: z.number().int().min(0).max(1000).nullable().optional(),
});

/** Settings of a project: Auth, Data API, pooler, database password. */
export function configRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const { projects, context, databases } = world;

  app.get("/:ref/config/auth", (c) => {
    const found = find(world, c.req.param("ref"));
    return found === undefined ? refuse(c, 404, "Project not found") : c.json(shownAuth(found.project.auth));
  });

  app.patch("/:ref/config/auth", async (c) => {
    const found = find(world, c.req.param("ref"));
    if (found === undefined) return refuse(c, 404, "Project not found");
    if (found.status !== "ACTIVE_HEALTHY") return refuse(c, 400, "Project is not active yet");
    const changed = changedAuth(found.project.auth, await c.req.json().catch(() => undefined));
    if ("status" in changed) return refuse(c, changed.status, changed.message);
    return c.json(shownAuth(projects.set(found.project.ref, { ...found.project, ...changed }).auth));
  });

  app.get("/:ref/postgrest", (c) => {
    const found = find(world, c.req.param("ref"));
    return found === undefined
      ? refuse(c, 404, "Project not found")
      : c.json({ ...found.project.postgrest, jwt_secret: undefined });
  });

  app.patch("/:ref/postgrest", async (c) => {
    const found = find(world, c.req.param("ref"));
    if (found === undefined) return refuse(c, 404, "Project not found");
    const given = await bodyAs(c, postgrestSchema);
    if ("refused" in given) return given.refused;
    const change = Object.fromEntries(Object.entries(given.body).filter(([, value]) => value !== undefined));
    const { postgrest } = projects.set(found.project.ref, {
      ...found.project,
      postgrest: { ...found.project.postgrest, ...change },
    });
    return c.json(postgrest);
  });

  app.get("/:ref/config/database/pooler", (c) => {
    const found = find(world, c.req.param("ref"));
    if (found === undefined) return refuse(c, 404, "Project not found");
    const at = new URL(context.postgresUrl());
    const { ref } = found.project;
    return c.json([
      {
        identifier: ref,
        database_type: "PRIMARY",
        is_using_scram_auth: true,
        db_user: loginOf(ref),
        db_host: at.hostname,
        db_port: Number(at.port),
        db_name: databaseOf(ref),
        connection_string: `postgresql://${loginOf(ref)}:[YOUR-PASSWORD]@${at.host}/${databaseOf(ref)}`,
        connectionString: `postgresql://${loginOf(ref)}:[YOUR-PASSWORD]@${at.host}/${databaseOf(ref)}`,
        default_pool_size: 15,
        max_client_conn: 200,
        pool_mode: "session",
      },
    ]);
  });

  app.patch("/:ref/database/password", async (c) => {
    const found = find(world, c.req.param("ref"));
    if (found === undefined) return refuse(c, 404, "Project not found");
    const given = await bodyAs(c, z.strictObject({ password: z.string().min(4) }));
    if ("refused" in given) return given.refused;
    await databases.setPassword(found.project.ref, given.body.password);
    projects.set(found.project.ref, { ...found.project, databasePassword: given.body.password });
    return c.json({ message: "Successfully updated password" });
  });

  return app;
}
