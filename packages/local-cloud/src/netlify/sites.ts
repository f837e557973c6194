import { type Context, Hono } from "hono";
import { z } from "zod";
import type { CloudEnv } from "../kit/context.ts";
import { bodyAs, gone, pageOf, refuse, refuseFields } from "./answers.ts";
import { build } from "./deploys.ts";
import { account, newId } from "./facts.ts";
import { shownSite } from "./shown.ts";
import { deploysOf, domainsOf, isAccount, type Site, siteOf, type World } from "./world.ts";

const text = z.string().nullish();

/** The link to a repository, in the words of the description and of Netlify's guide to linking. */
const repoSchema = z.object({
  provider: z.literal("github"),
  id: z.number().optional(),
  repo: z.string().optional(),
  repo_path: z.string().optional(),
  branch: z.string().optional(),
  repo_branch: z.string().optional(),
  cmd: text,
  dir: text,
  installation_id: z.number().optional(),
  stop_builds: z.boolean().optional(),
});

const siteSchema = z.object({
  name: z.string().optional(),
  custom_domain: text,
  domain_aliases: z.array(z.string()).optional(),
  repo: repoSchema.optional(),
});
type NewSite = z.infer<typeof siteSchema>;

const isName = (name: string) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(name);
const isDomain = (name: string) =>
  name.length <= 253 && /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/.test(name);

/** `/sites`, `/{account_slug}/sites` and `/sites/{site_id}`. */
export function siteRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const { context, sites, deploys } = world;

  const shown = (site: Site) =>
    shownSite(site, site.publishedId === undefined ? undefined : deploys.get(site.publishedId));
  const others = (site?: Site) => sites.values().filter((each) => each.id !== site?.id);

  /** What Netlify says of single fields. Names and domains are everybody's. */
  function problems(given: NewSite, site?: Site): Record<string, string[]> {
    const { name, custom_domain: domain, domain_aliases: aliases = [], repo } = given;
    const found: Record<string, string[]> = {};
    const taken = new Set(others(site).flatMap(domainsOf));
    if (name !== undefined && !isName(name)) found.subdomain = ["is not a valid name"];
    else if (name !== undefined && others(site).some((each) => each.name === name.toLowerCase()))
      found.subdomain = ["must be unique"];
    if (domain && !isDomain(domain)) found.custom_domain = ["is not a valid domain"];
    else if (domain && taken.has(domain)) found.custom_domain = ["must be unique"];
    if (aliases.some((each) => !isDomain(each))) found.domain_aliases = ["is not a valid domain"];
    else if (aliases.some((each) => taken.has(each))) found.domain_aliases = ["must be unique"];
    const path = repo && (repo.repo_path ?? repo.repo);
    if (repo && !path) found.repo = ["is missing"];
    else if (path && !hosted(path)) found.repo = [`${path} could not be found`];
    return found;
  }

  function hosted(path: string) {
    const [org = "", name = ""] = path.split("/");
    return world.github()?.bareRepository(org, name);
  }

  function linked(repo: NonNullable<NewSite["repo"]>): NonNullable<Site["repository"]> {
    const path = repo.repo_path ?? repo.repo ?? "";
    const there = hosted(path);
    return {
      path,
      id: repo.id ?? there?.id ?? 0,
      branch: repo.repo_branch ?? repo.branch ?? there?.defaultBranch ?? "main",
      cmd: repo.cmd ?? "",
      dir: repo.dir ?? "",
      ...(repo.installation_id !== undefined && { installationId: repo.installation_id }),
      stopped: repo.stop_builds ?? false,
    };
  }

  async function create(c: Context<CloudEnv>): Promise<Response> {
    const parsed = await bodyAs(c, siteSchema);
    if ("refused" in parsed) return parsed.refused;
    const wrong = problems(parsed.body);
    if (Object.keys(wrong).length > 0) return refuseFields(c, wrong);
    const { name, custom_domain: domain, domain_aliases: aliases, repo } = parsed.body;
    const now = context.clock.now();
    const id = newId("site");
    const site: Site = {
      id,
      name: name?.toLowerCase() ?? `site-${id.slice(0, 8)}`,
      ...(domain && { customDomain: domain }),
      ...(aliases && { aliases }),
      ...(repo && { repository: linked(repo) }),
      variables: [],
      port: 0,
      createdAt: now,
      updatedAt: now,
    };
    site.port = await world.fronts.open(site, { id, target: "production" });
    sites.set(id, site);
    // A site that comes with its repository is built at once.
    if (repo) await build(world, site);
    return c.json(shown(site), 201);
  }

  app.post("/sites", create);
  app.post("/:account/sites", (c) => (c.req.param("account") === account.slug ? create(c) : gone(c)));

  function list(c: Context<CloudEnv>): Response {
    const name = c.req.query("name")?.toLowerCase();
    const all = sites
      .values()
      .filter((site) => !site.elsewhere && (name === undefined || site.name.includes(name)))
      .sort((a, b) => b.updatedAt - a.updatedAt || a.id.localeCompare(b.id));
    return c.json(pageOf(c, all).map(shown));
  }
  app.get("/sites", list);
  app.get("/:account/sites", (c) => (isAccount(c.req.param("account")) ? list(c) : gone(c)));

  app.get("/sites/:site", (c) => {
    const site = siteOf(world, c.req.param("site"));
    return site ? c.json(shown(site)) : gone(c);
  });

  app.patch("/sites/:site", async (c) => {
    const site = siteOf(world, c.req.param("site"));
    if (!site) return gone(c);
    const parsed = await bodyAs(c, siteSchema);
    if ("refused" in parsed) return parsed.refused;
    const wrong = problems(parsed.body, site);
    if (Object.keys(wrong).length > 0) return refuseFields(c, wrong);
    const { name, custom_domain: domain, domain_aliases: aliases, repo } = parsed.body;
    const had = domainsOf(site);
    if (aliases) site.aliases = [...new Set(aliases)];
    if (name !== undefined) site.name = name.toLowerCase();
    if (domain) site.customDomain = domain;
    else if (domain !== undefined) delete site.customDomain;
    for (const each of had) if (!domainsOf(site).includes(each)) world.dns.drop("netlify", each);
    const before = site.repository;
    if (repo) site.repository = linked(repo);
    site.updatedAt = context.clock.now();
    sites.set(site.id, site);
    const { path, branch } = site.repository ?? {};
    if (repo && (before?.path !== path || before?.branch !== branch)) await build(world, site);
    return c.json(shown(site));
  });

  app.put("/sites/:site/unlink_repo", (c) => {
    const site = siteOf(world, c.req.param("site"));
    if (!site) return gone(c);
    delete site.repository;
    sites.set(site.id, site);
    return c.json(shown(site));
  });

  app.delete("/sites/:site", async (c) => {
    const site = siteOf(world, c.req.param("site"));
    if (!site) return gone(c);
    sites.delete(site.id);
    for (const each of domainsOf(site)) world.dns.drop("netlify", each);
    await world.fronts.close(site.id);
    for (const { id, review } of deploysOf(world, site.id)) {
      deploys.delete(id);
      if (review !== undefined) await world.fronts.close(id);
      await world.drop(id);
    }
    return c.body(null, 204);
  });

  app.put("/sites/:site/disable", async (c) => {
    const site = siteOf(world, c.req.param("site"));
    if (!site) return gone(c);
    const reason = c.req.query("reason");
    if (!reason) return refuse(c, 422, "reason is missing");
    sites.set(site.id, Object.assign(site, { disabled: reason, updatedAt: context.clock.now() }));
    await world.fronts.stopApp(site.id);
    return c.body(null, 204);
  });

  app.put("/sites/:site/enable", (c) => {
    const site = siteOf(world, c.req.param("site"));
    if (!site) return gone(c);
    delete site.disabled;
    sites.set(site.id, Object.assign(site, { updatedAt: context.clock.now() }));
    return c.body(null, 204);
  });

  return app;
}
