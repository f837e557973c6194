import { type Context, Hono } from "hono";
import type { CloudEnv } from "../kit/context.ts";
import { accountMissing, bodyAs, noProject, refuse } from "./answers.ts";
import { environmentLimitBytes, newId } from "./facts.ts";
import { eventsOf } from "./log.ts";
import { newDeployment } from "./schemas.ts";
import { listedDeployment, shownDeployment } from "./shown.ts";
import { sourceOf } from "./sources.ts";
import { valuesFor } from "./variables.ts";
import { accountOf, type Deployment, type Project, projectOf, type Source, type World } from "./world.ts";

const underWay = new Set(["QUEUED", "INITIALIZING", "BUILDING"]);

/** Makes a deployment with the environment as it is now and sets it going. */
export async function deploy(
  world: World,
  project: Project,
  source: Source,
  more: Pick<Deployment, "target" | "origin" | "meta">,
): Promise<Deployment> {
  const branch = source.type === "git" ? source.ref : undefined;
  const kind = more.target === "production" ? "production" : "preview";
  const now = world.context.clock.now();
  const deployment: Deployment = {
    id: newId("dpl"),
    projectId: project.id,
    name: project.name,
    source,
    ...more,
    environment: valuesFor(project, kind, branch),
    port: 0,
    readyState: "QUEUED",
    promoted: false,
    createdAt: now,
  };
  deployment.port = await world.fronts.open(project, deployment);
  if (kind === "production" && project.port !== deployment.port) {
    project.port = deployment.port;
    world.projects.set(project.id, project);
  }
  world.deployments.set(deployment.id, deployment);
  world.begin(deployment);
  return deployment;
}

/** `/v13/deployments` and what belongs to it. */
export function deploymentRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const { deployments, projects } = world;

  function find(c: Context<CloudEnv>): { project: Project; deployment: Deployment } | undefined {
    const asked = c.req.param("id") ?? "";
    const account = accountOf(c);
    // Several deployments of a project share its address here: the newest is meant.
    const deployment =
      deployments.get(asked) ??
      deployments
        .values()
        .filter((each) => asked === `localhost:${each.port}`)
        .at(-1);
    const project = deployment && projects.get(deployment.projectId);
    if (project === undefined || deployment === undefined) return undefined;
    return project.accountId === account ? { project, deployment } : undefined;
  }
  const gone = (c: Context<CloudEnv>) =>
    refuse(c, 404, "not_found", `The deployment "${c.req.param("id")}" could not be found.`);

  app.post("/v13/deployments", async (c) => {
    const parsed = await bodyAs(c, newDeployment);
    if ("refused" in parsed) return parsed.refused;
    const { body } = parsed;
    if (accountOf(c) === undefined) return accountMissing(c);
    const project = projectOf(world, c, body.project ?? body.name);
    if (!project && body.project !== undefined) return noProject(c);
    if (!project)
      return refuse(
        c,
        501,
        "not_emulated",
        "The local cloud makes no project along with a deployment: make it first.",
      );
    if (body.target !== undefined && body.target !== "production" && body.target !== "preview")
      return refuse(
        c,
        400,
        "bad_request",
        `Invalid target "${body.target}": the local cloud knows production.`,
      );
    const found = await sourceOf(world, c, project, body);
    if ("refused" in found) return found.refused;
    const size = Object.entries(valuesFor(project, body.target === "production" ? "production" : "preview"))
      .map(([key, value]) => Buffer.byteLength(key) + Buffer.byteLength(value))
      .reduce((a, b) => a + b, 0);
    if (size > environmentLimitBytes)
      return refuse(c, 400, "env_too_large", "The environment variables exceed 64 KB in total.");
    const deployment = await deploy(world, project, found.source, {
      target: body.target === "production" ? "production" : null,
      origin: body.deploymentId ? "redeploy" : body.files ? "cli" : "api-trigger-git-deploy",
      meta: body.meta,
    });
    return c.json(shownDeployment(project, deployment));
  });

  app.get("/:v{v6|v7}/deployments", (c) => {
    const account = accountOf(c);
    if (account === undefined) return accountMissing(c);
    const { projectId, app: name, target, state, since, until, limit = "20" } = c.req.query();
    if (projectId !== undefined && !projectOf(world, c, projectId)) return noProject(c);
    const size = Math.min(100, Math.max(1, Number(limit) || 20));
    const states = state?.toUpperCase().split(",");
    const all = deployments
      .values()
      .map((deployment) => ({ deployment, project: projects.get(deployment.projectId) }))
      .filter((each) => each.project?.accountId === account)
      .filter(
        ({ project }) => projectId === undefined || project?.id === projectId || project?.name === projectId,
      )
      .filter(({ project }) => name === undefined || project?.name === name)
      .filter(({ deployment }) => target === undefined || (deployment.target ?? "preview") === target)
      .filter(({ deployment }) => states === undefined || states.includes(deployment.readyState))
      .filter(({ deployment }) => since === undefined || deployment.createdAt > Number(since))
      .filter(({ deployment }) => until === undefined || deployment.createdAt < Number(until))
      .sort((a, b) => b.deployment.createdAt - a.deployment.createdAt);
    const page = all.slice(0, size);
    const last = page.at(-1)?.deployment.createdAt ?? null;
    return c.json({
      deployments: page.flatMap(({ project, deployment }) =>
        project ? [listedDeployment(project, deployment)] : [],
      ),
      pagination: {
        count: page.length,
        next: all.length > size ? last : null,
        prev: page[0]?.deployment.createdAt ?? null,
      },
    });
  });

  app.get("/v13/deployments/:id", (c) => {
    const found = find(c);
    return found ? c.json(shownDeployment(found.project, found.deployment)) : gone(c);
  });

  app.get("/:v{v2|v3}/deployments/:id/events", async (c) => {
    const found = find(c);
    if (!found) return gone(c);
    const limit = Number(c.req.query("limit") ?? 100);
    const events = await eventsOf(world.context.settings.dataDir, found.deployment.id);
    const shown = limit < 0 ? events : events.slice(0, limit);
    return c.json(c.req.query("direction") === "backward" ? shown.toReversed() : shown);
  });

  app.patch("/v12/deployments/:id/cancel", (c) => {
    const found = find(c);
    if (!found) return gone(c);
    const { project, deployment } = found;
    if (!underWay.has(deployment.readyState))
      return refuse(c, 400, "bad_request", "Only a deployment that is under way can be cancelled.");
    deployment.readyState = "CANCELED";
    deployments.set(deployment.id, deployment);
    return c.json(shownDeployment(project, deployment));
  });

  app.delete("/v13/deployments/:id", async (c) => {
    const found = find(c);
    if (!found) return gone(c);
    const { project, deployment } = found;
    deployments.delete(deployment.id);
    if (project.productionId === deployment.id) {
      delete project.productionId;
      projects.set(project.id, project);
      await world.fronts.stopApp(project.id);
    }
    if (deployment.target === null) await world.fronts.close(deployment.id);
    await world.drop(deployment.id);
    return c.json({ uid: deployment.id, state: "DELETED" });
  });

  return app;
}
