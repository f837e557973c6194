import { Hono } from "hono";
import { z } from "zod";
import type { CloudContext, CloudEnv, Emulator } from "../kit/context.ts";
import { openDns } from "../kit/dns.ts";
import { rateLimit } from "../kit/rate-limit.ts";
import { openApps } from "../sites/apps.ts";
import { openBuilder, runtimeFiles } from "../sites/build/builder.ts";
import { openFronts, type Shown } from "../sites/fronts.ts";
import { accountRoutes } from "./account.ts";
import { refuse } from "./answers.ts";
import { certificateRoutes } from "./certificates.ts";
import { build, buildPreview, deployRoutes } from "./deploys.ts";
import { environmentRoutes } from "./environment.ts";
import { newId } from "./facts.ts";
import { openPipeline, specOf } from "./pipeline.ts";
import { siteRoutes } from "./sites.ts";
import { made } from "./variables.ts";
import { type Deploy, deploysOf, domainsOf, type Site, type World } from "./world.ts";

const platform = {
  header: "x-nf-error",
  codes: { nothing: "site_not_found", paused: "site_disabled", failed: "function_crashed" },
};

const plantSchema = z.object({
  name: z.string().regex(/^[a-z0-9-]{1,63}$/),
  variables: z.record(z.string(), z.string()).default({}),
  /** Another customer's site: it only takes the name away. */
  elsewhere: z.boolean().default(false),
});

/** Calls a minute for one token, as Netlify documents. */
const perMinute = 500;

/** Netlify: sites, their environment, and deploys that are really cloned, built and run. */
export async function netlifyEmulator(context: CloudContext): Promise<Emulator> {
  const { settings, store, bus } = context;
  const sites = store.collection<Site>("netlify.sites");
  const deploys = store.collection<Deploy>("netlify.deploys");
  const ending = new AbortController();
  const apps = openApps();

  function shown(key: string, domain: string | undefined): Shown {
    const preview = deploys.get(key);
    if (preview !== undefined) return preview.state === "ready" ? running(preview) : { is: "nothing" };
    const site = sites.get(key);
    if (domain !== undefined && !(site && domainsOf(site).includes(domain))) return { is: "nothing" };
    const deploy = site?.publishedId === undefined ? undefined : deploys.get(site.publishedId);
    if (site?.disabled !== undefined) return { is: "paused" };
    if (!site || !deploy) return { is: "nothing" };
    return running(deploy);
  }

  function running(deploy: Deploy): Shown {
    if (!settings.light) return { is: "app", spec: specOf(settings.dataDir, deploy) };
    return { is: "light", name: deploy.name, instance: deploy.environment.ATOLL_INSTANCE_ID };
  }

  const world: World = {
    context,
    dns: openDns(context),
    sites,
    deploys,
    fronts: openFronts({ firstPort: settings.sitePort, apps, platform, shown }),
    github: () => context.git.github,
    begin: (deploy) => pipeline.begin(deploy),
    drop: (id) => pipeline.drop(id),
  };
  const builder = openBuilder({ cache: settings.buildCache, runtimeFiles, signal: ending.signal });
  const pipeline = openPipeline({ world, builder, apps, signal: ending.signal });

  bus.on("github.push", ({ owner, repo, branch, sha }) => {
    for (const site of sites.values()) {
      const { repository } = site;
      if (repository?.path !== `${owner}/${repo}` || repository.branch !== branch || repository.stopped)
        continue;
      build(world, site, { sha }).catch((error: unknown) =>
        console.error(`Netlify could not build a push to ${owner}/${repo}:`, error),
      );
    }
  });

  bus.on("github.pull", ({ owner, repo, base, ...review }) => {
    for (const site of sites.values()) {
      const { repository } = site;
      if (repository?.path !== `${owner}/${repo}` || repository.branch !== base || repository.stopped)
        continue;
      buildPreview(world, site, review).catch((error: unknown) =>
        console.error(`Netlify could not build a pull request of ${owner}/${repo}:`, error),
      );
    }
  });

  /** After a restart sites answer where they did, and what was under way goes on. */
  for (const site of sites.values()) {
    if (site.elsewhere) continue;
    const port = await world.fronts.open(site, { id: site.id, target: "production" });
    if (site.port !== port) sites.set(site.id, Object.assign(site, { port }));
    for (const deploy of deploysOf(world, site.id).toReversed()) {
      if (deploy.review !== undefined) {
        const at = await world.fronts.open({ id: site.id }, { id: deploy.id, target: null });
        deploys.set(deploy.id, Object.assign(deploy, { port: at }));
      }
      const lost = deploy.id === site.publishedId && !settings.light && !pipeline.isBuilt(deploy);
      if (deploy.state === "error" || (deploy.state === "ready" && !lost)) continue;
      deploys.set(deploy.id, Object.assign(deploy, { state: "new" as const }));
      pipeline.begin(deploy);
    }
  }

  const app = new Hono<CloudEnv>();
  app.use(async (c, next) => {
    if (c.req.header("authorization") !== `Bearer ${context.tokens.netlify}`)
      return refuse(c, 401, "Access Denied");
    await next();
    return undefined;
  });
  app.use(
    rateLimit(context, {
      limit: perMinute,
      windowMs: 60_000,
      key: () => "token",
      headers: ({ limit, remaining, resetMs, now }) => ({
        "x-ratelimit-limit": String(limit),
        "x-ratelimit-remaining": String(remaining),
        "x-ratelimit-reset": String(Math.ceil((now + resetMs) / 1000)),
      }),
      refuse: (c) => refuse(c, 429, "API rate limit exceeded"),
    }),
  );
  app.route("/", accountRoutes());
  app.route("/", environmentRoutes(world));
  app.route("/", deployRoutes(world));
  app.route("/", certificateRoutes(world));
  app.route("/", siteRoutes(world));

  return {
    name: "netlify",
    app: new Hono<CloudEnv>().route("/api/v1", app),
    inventory: () => ({
      sites: sites
        .values()
        .toSorted((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id))
        .map((site) => ({
          id: site.id,
          name: site.name,
          repository: site.repository?.path ?? null,
          customDomain: site.customDomain ?? null,
          variables: site.variables
            .map(({ key, values }) => `${key} (${values.map((each) => each.context).join(", ")})`)
            .sort(),
          deploys: deploysOf(world, site.id).length,
        })),
    }),
    async plant(thing) {
      const { name, variables, elsewhere } = plantSchema.parse(thing);
      if (sites.values().some((each) => each.name === name))
        throw new Error(`A site "${name}" is there already.`);
      const now = context.clock.now();
      const id = newId("site");
      const site: Site = {
        id,
        ...(elsewhere && { elsewhere }),
        name,
        variables: Object.entries(variables).map(([key, value]) =>
          made({ key, values: [{ context: "all", value }], is_secret: false }, now),
        ),
        port: 0,
        createdAt: now,
        updatedAt: now,
      };
      if (!elsewhere) site.port = await world.fronts.open(site, { id, target: "production" });
      sites.set(id, site);
      return { id };
    },
    async close() {
      ending.abort();
      await world.fronts.closeAll();
    },
  };
}
