import path from "node:path";
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { CloudContext, CloudEnv, Emulator } from "../kit/context.ts";
import { openDns } from "../kit/dns.ts";
import { rateLimit } from "../kit/rate-limit.ts";
import { openApps } from "../sites/apps.ts";
import { openBuilder, runtimeFiles } from "../sites/build/builder.ts";
import { openFronts, type Shown } from "../sites/fronts.ts";
import { accountRoutes } from "./account.ts";
import { refuse } from "./answers.ts";
import { deploy, deploymentRoutes } from "./deployments.ts";
import { domainRoutes } from "./domains.ts";
import { environmentRoutes } from "./environment.ts";
import { newId, targets, team } from "./facts.ts";
import { fileRoutes } from "./files.ts";
import { openPipeline, siteOf } from "./pipeline.ts";
import { productionRoutes } from "./production.ts";
import { projectRoutes } from "./projects.ts";
import { put } from "./variables.ts";
import { type Deployment, deploymentsOf, type Project, type World } from "./world.ts";

const platform = {
  header: "x-vercel-error",
  codes: {
    nothing: "DEPLOYMENT_NOT_FOUND",
    paused: "DEPLOYMENT_PAUSED",
    failed: "FUNCTION_INVOCATION_FAILED",
  },
};

const plantSchema = z.object({
  name: z.string().regex(/^[a-z0-9._-]{1,100}$/),
  variables: z.record(z.string(), z.string()).default({}),
});

const deploys = /^POST \/v\d+\/deployments$/;

/** Method and path without ids: "GET /v9/projects/_/env". */
function endpointOf(c: Context<CloudEnv>): string {
  const [, , version, ...parts] = c.req.path.split("/");
  return `${c.req.method} /${version}/${parts.map((part, at) => (at % 2 === 1 ? "_" : part)).join("/")}`;
}

/** Vercel: projects, their environment, and deployments that are really cloned, built and run. */
export async function vercelEmulator(context: CloudContext): Promise<Emulator> {
  const { settings, store, bus } = context;
  const projects = store.collection<Project>("vercel.projects");
  const deployments = store.collection<Deployment>("vercel.deployments");
  const ending = new AbortController();
  const apps = openApps();

  function shown(key: string, domain: string | undefined): Shown {
    const project = projects.get(key);
    if (domain !== undefined && !project?.domains.some((each) => each.name === domain && each.verified))
      return { is: "nothing" };
    const deployment = deployments.get(project ? (project.productionId ?? "") : key);
    if (project?.paused) return { is: "paused" };
    if (deployment?.readyState !== "READY") return { is: "nothing" };
    if (settings.light)
      return { is: "light", name: deployment.name, instance: deployment.environment.ATOLL_INSTANCE_ID };
    return { is: "app", spec: siteOf(settings.dataDir, deployment) };
  }

  const world: World = {
    context,
    dns: openDns(context),
    projects,
    deployments,
    fronts: openFronts({ firstPort: settings.sitePort, apps, platform, shown }),
    filesDir: path.join(settings.dataDir, "vercel", "files"),
    github: () => context.git.github,
    begin: (deployment) => pipeline.begin(deployment),
    promote: (project, deployment) => pipeline.promote(project, deployment),
    drop: (id) => pipeline.drop(id),
  };
  const builder = openBuilder({ cache: settings.buildCache, runtimeFiles, signal: ending.signal });
  const pipeline = openPipeline({ world, builder, apps, signal: ending.signal });

  bus.on("github.push", ({ owner, repo, branch, sha }) => {
    for (const project of projects.values()) {
      const { link } = project;
      if (link?.org !== owner || link.repo !== repo) continue;
      // Every other branch gets a preview.
      const target = link.productionBranch === branch ? "production" : null;
      const source = { type: "git", org: owner, repo, repoId: link.repoId, ref: branch, sha } as const;
      deploy(world, project, source, { target, origin: "git", meta: {} }).catch((error: unknown) =>
        console.error(`Vercel could not deploy a push to ${owner}/${repo}:`, error),
      );
    }
  });

  /** After a restart sites answer where they did, and what was under way goes on. */
  for (const deployment of deployments.values().sort((a, b) => a.createdAt - b.createdAt)) {
    const project = projects.get(deployment.projectId);
    if (!project) continue;
    const port = await world.fronts.open(project, deployment);
    if (deployment.port !== port) deployments.set(deployment.id, Object.assign(deployment, { port }));
    const underWay = ["QUEUED", "INITIALIZING", "BUILDING"].includes(deployment.readyState);
    const lost = deployment.readyState === "READY" && !settings.light && !pipeline.isBuilt(deployment);
    if (underWay || (lost && project.productionId === deployment.id)) {
      deployments.set(deployment.id, Object.assign(deployment, { readyState: "QUEUED" as const }));
      pipeline.begin(deployment);
    }
  }

  const limited = (
    limit: number,
    windowMs: number,
    key: (c: Context<CloudEnv>) => string | undefined,
    why: string,
  ) =>
    rateLimit(context, {
      limit,
      windowMs,
      key,
      headers: ({ remaining, resetMs, now }) => ({
        "x-ratelimit-limit": String(limit),
        "x-ratelimit-remaining": String(remaining),
        "x-ratelimit-reset": String(Math.ceil((now + resetMs) / 1000)),
      }),
      refuse: (c, resetMs) => {
        const reset = Math.ceil((Date.now() + resetMs) / 1000);
        return refuse(
          c,
          429,
          "rate_limited",
          `Too many requests: the limit of ${limit} is reached (${why}).`,
          {
            limit: { remaining: 0, reset, resetMs: reset * 1000, total: limit },
          },
        );
      },
    });

  const app = new Hono<CloudEnv>();
  app.use(async (c, next) => {
    const given = c.req.header("authorization");
    if (given === undefined)
      return refuse(c, 403, "forbidden", "The request is missing an authentication token", {
        missingToken: true,
      });
    if (given !== `Bearer ${context.tokens.vercel}`)
      return refuse(c, 403, "forbidden", "Not authorized", { invalidToken: true });
    await next();
    return undefined;
  });
  // Vercel's own figures differ from endpoint to endpoint and are not published: this one is made up.
  app.use(limited(600, 60_000, endpointOf, "rate_limited"));
  // Deployments of a team on Pro, a day.
  app.use(
    limited(
      6_000,
      86_400_000,
      (c) => (deploys.test(endpointOf(c)) ? "day" : undefined),
      "api-deployments-paid-per-day",
    ),
  );
  app.route("/", accountRoutes());
  app.route("/", environmentRoutes(world));
  app.route("/", domainRoutes(world));
  app.route("/", productionRoutes(world));
  app.route("/", deploymentRoutes(world));
  app.route("/", fileRoutes(world));
  app.route("/", projectRoutes(world));

  return {
    name: "vercel",
    app,
    inventory: () => ({
      projects: projects
        .values()
        .toSorted((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id))
        .map((project) => ({
          id: project.id,
          name: project.name,
          repository: project.link ? `${project.link.org}/${project.link.repo}` : null,
          paused: project.paused,
          variables: project.variables.map(({ key, target }) => `${key} (${target.join(", ")})`).sort(),
          domains: project.domains.map((each) => each.name).sort(),
          deployments: deploymentsOf(world, project.id).length,
        })),
    }),
    plant(thing) {
      const { name, variables } = plantSchema.parse(thing);
      if (projects.values().some((each) => each.accountId === team.id && each.name === name))
        throw new Error(`A project "${name}" is there already.`);
      const now = context.clock.now();
      const project: Project = {
        id: newId("prj"),
        accountId: team.id,
        name,
        framework: "nextjs",
        settings: {},
        variables: [],
        domains: [],
        paused: false,
        createdAt: now,
        updatedAt: now,
      };
      for (const [key, value] of Object.entries(variables))
        put(project, { key, value, type: "plain", target: [...targets] }, false, now);
      projects.set(project.id, project);
      return { id: project.id };
    },
    async close() {
      ending.abort();
      await world.fronts.closeAll();
    },
  };
}
