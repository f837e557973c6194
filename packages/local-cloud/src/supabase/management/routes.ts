import { Hono } from "hono";
import type { CloudEnv } from "../../kit/context.ts";
import { rateLimit } from "../../kit/rate-limit.ts";
import { statusOf } from "../project.ts";
import type { World } from "../world.ts";
import { analyticsRoutes } from "./analytics.ts";
import { refuse } from "./answers.ts";
import { backupRoutes } from "./backups.ts";
import { configRoutes } from "./config.ts";
import { keyRoutes } from "./keys.ts";
import { projectRoutes } from "./projects.ts";
import { sqlRoutes } from "./sql.ts";

/** The Management API: `/v1/...`, opened by the account's token. */
export function managementRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const { context, organization, projects } = world;

  app.use(async (c, next) => {
    if (c.req.header("authorization") !== `Bearer ${context.tokens.supabase}`)
      return refuse(c, 401, "Unauthorized");
    await next();
    return undefined;
  });

  app.use(
    rateLimit(context, {
      limit: 120,
      windowMs: 60_000,
      // Counted for each endpoint, and for each project or organisation that the path names.
      key: (c) => `${c.req.method} ${c.req.path}`,
      headers: ({ limit, remaining, resetMs }) => ({
        "x-ratelimit-limit": String(limit),
        "x-ratelimit-remaining": String(remaining),
        "x-ratelimit-reset": String(Math.ceil(resetMs / 1000)),
      }),
      refuse: (c) => refuse(c, 429, "ThrottlerException: Too Many Requests"),
    }),
  );

  const shownOrganization = { id: organization.id, slug: organization.id, name: organization.name };
  app.get("/organizations", (c) => c.json([shownOrganization]));
  app.get("/organizations/:slug", (c) =>
    c.req.param("slug") === organization.id
      ? c.json({
          ...shownOrganization,
          plan: organization.plan,
          opt_in_tags: [],
          allowed_release_channels: ["ga"],
        })
      : refuse(c, 404, "Organization not found"),
  );
  app.get("/organizations/:slug/projects", (c) => {
    if (c.req.param("slug") !== organization.id) return refuse(c, 404, "Organization not found");
    const offset = Number(c.req.query("offset") ?? 0);
    const limit = Math.min(100, Number(c.req.query("limit") ?? 100));
    const search = c.req.query("search")?.toLowerCase() ?? "";
    const statuses = c.req.query("statuses")?.split(",");
    const matching = projects
      .values()
      .filter((each) => each.name.toLowerCase().includes(search) || each.ref.includes(search))
      .filter((each) => statuses === undefined || statuses.includes(statusOf(context, each)))
      .sort((a, b) => a.name.localeCompare(b.name));
    return c.json({
      projects: matching.slice(offset, offset + limit).map((each) => ({
        ref: each.ref,
        name: each.name,
        cloud_provider: "AWS",
        region: each.region,
        is_branch: false,
        status: statusOf(context, each),
        inserted_at: each.createdAt,
        databases: [
          {
            infra_compute_size: "nano",
            region: each.region,
            status: statusOf(context, each),
            cloud_provider: "AWS",
            identifier: each.ref,
            type: "PRIMARY",
          },
        ],
      })),
      pagination: { count: matching.length, limit, offset },
    });
  });

  app.route("/projects", projectRoutes(world));
  app.route("/projects", analyticsRoutes(world));
  app.route("/projects", keyRoutes(world));
  app.route("/projects", configRoutes(world));
  app.route("/projects", backupRoutes(world));
  app.route("/projects", sqlRoutes(world));
  return app;
}
