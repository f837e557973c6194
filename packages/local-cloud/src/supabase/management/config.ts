import { Hono } from "hono";
import { z } from "zod";
import type { CloudEnv } from "../../kit/context.ts";
import { databaseOf, loginOf } from "../project.ts";
import { find, type World } from "../world.ts";
import { bodyAs, refuse } from "./answers.ts";

const authSchema = z.strictObject({
  site_url: z
    .string()
    .regex(/^[^,]+$/)
    .nullable()
    .optional(),
  uri_allow_list: z.string().nullable().optional(),
  disable_signup: z.boolean().nullable().optional(),
  external_email_enabled: z.boolean().nullable().optional(),
  external_phone_enabled: z.boolean().nullable().optional(),
  external_anonymous_users_enabled: z.boolean().nullable().optional(),
  mailer_autoconfirm: z.boolean().nullable().optional(),
  mailer_otp_exp: z.number().int().min(0).max(2_147_483_647).optional(),
  mailer_secure_email_change_enabled: z.boolean().nullable().optional(),
  smtp_host: z.string().nullable().optional(),
  smtp_port: z.string().nullable().optional(),
  smtp_user: z.string().nullable().optional(),
  smtp_pass: z.string().nullable().optional(),
  smtp_admin_email: z.email().nullable().optional(),
  smtp_sender_name: z.string().nullable().optional(),
  smtp_max_frequency: z.number().int().min(0).max(32_767).nullable().optional(),
  rate_limit_email_sent: z.number().int().min(1).optional(),
  password_min_length: z.number().int().min(6).max(32_767).nullable().optional(),
  password_required_characters: z.string().nullable().optional(),
  jwt_exp: z.number().int().min(0).max(604_800).nullable().optional(),
  refresh_token_rotation_enabled: z.boolean().nullable().optional(),
  security_refresh_token_reuse_interval: z.number().int().nullable().optional(),
  security_update_password_require_reauthentication: z.boolean().nullable().optional(),
});

const postgrestSchema = z.strictObject({
  db_schema: z.string().optional(),
  db_extra_search_path: z.string().optional(),
  max_rows: z.number().int().min(0).max(1_000_000).optional(),
  db_pool: z.number().int().min(0).max(1000).nullable().optional(),
});

/** Settings of a project: Auth, Data API, pooler, database password, backups. */
export function configRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const { projects, context, databases } = world;

  const authShown = (auth: Record<string, unknown>) => ({
    ...auth,
    smtp_pass: auth.smtp_pass === null ? null : "••••••••",
  });

  app.get("/:ref/config/auth", (c) => {
    const found = find(world, c.req.param("ref"));
    return found === undefined ? refuse(c, 404, "Project not found") : c.json(authShown(found.project.auth));
  });

  app.patch("/:ref/config/auth", async (c) => {
    const found = find(world, c.req.param("ref"));
    if (found === undefined) return refuse(c, 404, "Project not found");
    if (found.status !== "ACTIVE_HEALTHY") return refuse(c, 400, "Project is not active yet");
    const given = await bodyAs(c, authSchema);
    if ("refused" in given) return given.refused;
    const change = Object.fromEntries(Object.entries(given.body).filter(([, value]) => value !== undefined));
    const { auth } = projects.set(found.project.ref, {
      ...found.project,
      auth: { ...found.project.auth, ...change },
    });
    return c.json(authShown(auth));
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

  app.get("/:ref/database/backups", (c) => {
    const found = find(world, c.req.param("ref"));
    if (found === undefined) return refuse(c, 404, "Project not found");
    // Backups of the provider are not emulated: like on the free plan there are none.
    return c.json({
      region: found.project.region,
      walg_enabled: true,
      pitr_enabled: false,
      backups: [],
      physical_backup_data: {},
    });
  });

  return app;
}
