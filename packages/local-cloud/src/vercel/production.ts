import { type Context, Hono } from "hono";
import type { CloudEnv } from "../kit/context.ts";
import { noProject, refuse } from "./answers.ts";
import { aliasesOf } from "./shown.ts";
import { projectOf, type World } from "./world.ts";

/** Pause, unpause, promote and roll back: what visitors of a project's production site get. */
export function productionRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const { context, projects, deployments } = world;

  async function pause(c: Context<CloudEnv>, paused: boolean): Promise<Response> {
    const id = c.req.param("project") ?? "";
    const project = projectOf(world, c, id);
    // By id only: a name is refused like an id that does not exist.
    if (project?.id !== id) return refuse(c, 400, "bad_request", "Invalid project id.");
    project.paused = paused;
    project.updatedAt = context.clock.now();
    projects.set(project.id, project);
    if (paused) await world.fronts.stopApp(project.id);
    return c.json({});
  }
  app.post("/v1/projects/:project/pause", (c) => pause(c, true));
  app.post("/v1/projects/:project/unpause", (c) => pause(c, false));

  async function point(c: Context<CloudEnv>, rollback: boolean): Promise<Response> {
    const project = projectOf(world, c, c.req.param("project") ?? "");
    if (!project) return noProject(c);
    const deployment = deployments.get(c.req.param("deployment") ?? "");
    if (deployment?.projectId !== project.id)
      return refuse(c, 404, "not_found", "The deployment could not be found.");
    if (deployment.readyState !== "READY")
      return refuse(c, 409, "conflict", "The deployment is not ready: only a ready one can be promoted.");
    if (deployment.target !== "production")
      return refuse(
        c,
        409,
        "conflict",
        "A preview deployment is promoted by building it anew with the production environment.",
      );
    if (rollback && project.productionId === deployment.id)
      return refuse(c, 409, "conflict", "This deployment is the current production deployment.");
    if (rollback) project.lastRollbackTarget = deployment.id;
    project.rolledBack = rollback;
    await world.promote(project, deployment);
    return c.json({}, 201);
  }
  app.post("/:v{v1|v9}/projects/:project/rollback/:deployment", (c) => point(c, true));
  app.post("/:v{v9|v10}/projects/:project/promote/:deployment", (c) => point(c, false));

  app.get("/v1/projects/:project/promote/aliases", (c) => {
    const project = projectOf(world, c, c.req.param("project"));
    if (!project) return noProject(c);
    const current = project.productionId ? deployments.get(project.productionId) : undefined;
    const aliases = (current ? aliasesOf(project, current) : []).map((alias) => ({
      alias,
      id: alias,
      status: "completed",
    }));
    return c.json({ aliases, pagination: { count: aliases.length, next: null, prev: null } });
  });

  return app;
}
