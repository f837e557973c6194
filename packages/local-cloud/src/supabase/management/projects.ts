import { createHash } from "node:crypto";
import { Hono } from "hono";
import { z } from "zod";
import type { CloudEnv } from "../../kit/context.ts";
import { instanceSizes, regions, services } from "../facts.ts";
import { newProject, type Project, type Status, statusOf } from "../project.ts";
import { find, type World } from "../world.ts";
import { bodyAs, refuse } from "./answers.ts";

const createSchema = z.strictObject({
  name: z.string().min(1).max(256),
  db_pass: z.string().min(1),
  organization_slug: z
    .string()
    .regex(/^[\w-]+$/)
    .optional(),
  organization_id: z.string().optional(),
  region: z.enum(regions).optional(),
  region_selection: z
    .union([
      z.strictObject({ type: z.literal("specific"), code: z.enum(regions) }),
      z.strictObject({ type: z.literal("smartGroup"), code: z.enum(["americas", "emea", "apac"]) }),
    ])
    .optional(),
  desired_instance_size: z.enum(instanceSizes).optional(),
  template_url: z.url().optional(),
  plan: z.enum(["free", "pro"]).optional(),
  kps_enabled: z.boolean().optional(),
  postgres_engine: z.enum(["15", "17", "17-oriole"]).optional(),
  release_channel: z.string().optional(),
});

const smart = { americas: "us-east-1", emea: "eu-central-1", apac: "ap-southeast-1" } as const;

/** A project as the Management API shows it. */
function shown(project: Project, status: Status) {
  return {
    id: project.ref,
    ref: project.ref,
    organization_id: project.organization,
    organization_slug: project.organization,
    name: project.name,
    region: project.region,
    created_at: project.createdAt,
    status,
  };
}

function withDatabase(project: Project, status: Status) {
  return {
    ...shown(project, status),
    database: {
      host: `db.${project.ref}.supabase.co`,
      version: "18.4.0",
      postgres_engine: "17",
      release_channel: "ga",
    },
  };
}

/** Some answers name a project by its row's number; here it follows from the ref. */
function numberOf(ref: string): number {
  return createHash("sha256").update(ref).digest().readUInt32BE();
}

/** Too weak for the provider: short, or of one kind of character only. */
function weak(password: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((each) => each.test(password)).length;
  return password.length < 20 ? password.length < 12 || kinds < 3 : kinds < 2;
}

const fullWords =
  "The following organization members have reached their maximum limits for the number of active free projects within organizations where they are an administrator or owner: local (2 project limit). Please pause or delete projects to continue.";

/** `/v1/projects`: create, list, read, rename, remove, pause, restore, health. */
export function projectRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const { context, projects, databases, files, organization } = world;
  const status = (project: Project) => statusOf(context, project);
  const isFull = () =>
    organization.plan === "free" &&
    projects.values().filter((each) => status(each) !== "INACTIVE").length >= 2;

  app.post("/", async (c) => {
    const given = await bodyAs(c, createSchema);
    if ("refused" in given) return given.refused;
    const { name, db_pass, organization_slug, organization_id, region, region_selection } = given.body;
    const slug = organization_slug ?? organization_id;
    if (slug === undefined) return refuse(c, 400, "organization_slug: Required");
    if (slug !== organization.id)
      return refuse(c, 403, "You do not have permission to create a project in this organization");
    if (region !== undefined && region_selection !== undefined)
      return refuse(c, 400, "Only one of region and region_selection may be given");
    if (weak(db_pass))
      return refuse(c, 400, "Password is not secure enough. Please choose a stronger password.");
    if (isFull()) return refuse(c, 400, fullWords);
    const chosen =
      region_selection?.type === "specific"
        ? region_selection.code
        : region_selection
          ? smart[region_selection.code]
          : (region ?? "us-east-1");
    const project = newProject({
      name,
      organization: slug,
      region: chosen,
      databasePassword: db_pass,
      now: context.clock.now(),
    });
    const begun = world.making.begin(project);
    return c.json(shown(begun, status(begun)), 201);
  });

  app.get("/", (c) => c.json(projects.values().map((each) => withDatabase(each, status(each)))));

  app.get("/available-regions", (c) => {
    if (c.req.query("organization_slug") === undefined) return refuse(c, 400, "organization_slug: Required");
    const specific = regions.map((code) => ({ name: code, code, type: "specific", provider: "AWS" }));
    const groups = Object.keys(smart).map((code) => ({ name: code, code, type: "smartGroup" }));
    return c.json({
      recommendations: { smartGroup: groups[1], specific: specific.slice(0, 3) },
      all: { smartGroup: groups, specific },
    });
  });

  app.get("/:ref", (c) => {
    const found = find(world, c.req.param("ref"));
    return found === undefined
      ? refuse(c, 404, "Project not found")
      : c.json(withDatabase(found.project, found.status));
  });

  app.patch("/:ref", async (c) => {
    const found = find(world, c.req.param("ref"));
    if (found === undefined) return refuse(c, 404, "Project not found");
    const given = await bodyAs(c, z.strictObject({ name: z.string().min(1).max(256) }));
    if ("refused" in given) return given.refused;
    const { ref, name } = projects.set(found.project.ref, { ...found.project, name: given.body.name });
    return c.json({ id: numberOf(ref), ref, name });
  });

  app.delete("/:ref", async (c) => {
    const found = find(world, c.req.param("ref"));
    if (found === undefined) return refuse(c, 404, "Project not found");
    const { ref, name } = found.project;
    // In this order, since a crash in between then leaves a database that nobody sees, not a project without one.
    projects.delete(ref);
    await world.making.settled(ref);
    world.requests.drop(ref);
    await databases.remove(ref);
    await files.remove(ref);
    return c.json({ id: numberOf(ref), ref, name });
  });

  app.post("/:ref/pause", async (c) => {
    const found = find(world, c.req.param("ref"));
    if (found === undefined) return refuse(c, 404, "Project not found");
    if (organization.plan !== "free")
      return refuse(
        c,
        400,
        "Projects of a paid organization cannot be paused. Transfer it to a free organization first.",
      );
    if (found.status !== "ACTIVE_HEALTHY")
      return refuse(c, 400, `Project cannot be paused while it is ${found.status}`);
    const { ref } = projects.set(found.project.ref, {
      ...found.project,
      state: "pausing",
      since: context.clock.now(),
    });
    await databases.setOpen(ref, false);
    return c.body(null, 200);
  });

  app.post("/:ref/restore", async (c) => {
    const found = find(world, c.req.param("ref"));
    if (found === undefined) return refuse(c, 404, "Project not found");
    if (found.status !== "INACTIVE")
      return refuse(c, 400, `This project is no longer in a paused state, it is ${found.status}`);
    if (isFull()) return refuse(c, 400, fullWords);
    // Opened first: a crash in between leaves it paused, and to be restored again.
    await databases.setOpen(found.project.ref, true);
    projects.set(found.project.ref, { ...found.project, state: "restoring", since: context.clock.now() });
    return c.body(null, 200);
  });

  app.get("/:ref/health", (c) => {
    const found = find(world, c.req.param("ref"));
    if (found === undefined) return refuse(c, 404, "Project not found");
    const asked = (c.req.queries("services") ?? []).flatMap((each) => each.split(","));
    const unknown = asked.find((each) => !services.some((service) => service === each));
    if (asked.length === 0) return refuse(c, 400, "services: Required");
    if (unknown !== undefined) return refuse(c, 400, `services: Invalid enum value "${unknown}"`);
    const up = found.status === "ACTIVE_HEALTHY";
    const { since } = found.project;
    // The pooler learns of a new project a little later than everything else.
    const settled = context.clock.passed(since, context.settings.latencies.supabaseReadyMs * 1.05);
    return c.json(
      asked.map((name) => {
        const healthy = up && (settled || name !== "pooler");
        if (up && !healthy) return { name, healthy, status: "UNHEALTHY", error: '{"error":"not found"}' };
        return { name, healthy, status: healthy ? "ACTIVE_HEALTHY" : "COMING_UP" };
      }),
    );
  });

  return app;
}
