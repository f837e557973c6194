import { type Context, Hono } from "hono";
import { openRepository } from "../git/repository.ts";
import type { CloudEnv } from "../kit/context.ts";
import { gone, pageOf, refuse } from "./answers.ts";
import { newId } from "./facts.ts";
import { shownBuild, shownDeploy } from "./shown.ts";
import { valuesFor } from "./variables.ts";
import { type Deploy, deploysOf, type Site, siteOf, type World } from "./world.ts";

const underWay = (deploy: Deploy) => deploy.state !== "ready" && deploy.state !== "error";

/** A pull request whose newest commit is to be built as a preview. */
interface Review {
  number: number;
  branch: string;
  sha: string;
}

/** Begins a preview of a pull request. */
export async function buildPreview(world: World, site: Site, { number, branch, sha }: Review): Promise<void> {
  const [org = "", repo = ""] = site.repository?.path.split("/") ?? [];
  const deploy: Deploy = {
    id: newId("other"),
    buildId: newId("other"),
    siteId: site.id,
    name: site.name,
    state: "new",
    branch,
    review: number,
    commit: { org, repo, ref: branch, sha },
    cmd: site.repository?.cmd ?? "",
    environment: valuesFor(site, branch, "deploy-preview"),
    createdAt: world.context.clock.now(),
  };
  deploy.port = await world.fronts.open({ id: site.id }, { id: deploy.id, target: null });
  world.deploys.set(deploy.id, deploy);
  world.begin(deploy);
}

/** Begins a build of a site's production branch with the environment as it is now; undefined = nothing to build. */
export async function build(
  world: World,
  site: Site,
  more: { title?: string; sha?: string } = {},
): Promise<Deploy | undefined> {
  const { repository } = site;
  const [org = "", repo = ""] = repository?.path.split("/") ?? [];
  const bare = world.github()?.bareRepository(org, repo);
  const sha =
    more.sha ?? (bare && repository && (await openRepository(bare.path).resolve(repository.branch)));
  if (!repository || !sha) return undefined;
  const { title } = more;
  const deploy: Deploy = {
    id: newId("other"),
    buildId: newId("other"),
    siteId: site.id,
    name: site.name,
    ...(title !== undefined && { title }),
    state: "new",
    branch: repository.branch,
    commit: { org, repo, ref: repository.branch, sha },
    cmd: repository.cmd,
    environment: valuesFor(site, repository.branch),
    createdAt: world.context.clock.now(),
  };
  world.deploys.set(deploy.id, deploy);
  world.begin(deploy);
  return deploy;
}

/** Builds and deploys of sites. */
export function deployRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const { sites, deploys } = world;

  function find(c: Context<CloudEnv>): { site: Site; deploy: Deploy } | undefined {
    const deploy = deploys.get(c.req.param("deploy") ?? "");
    const site = deploy && sites.get(deploy.siteId);
    return site && { site, deploy };
  }

  app.post("/sites/:site/builds", async (c) => {
    const site = siteOf(world, c.req.param("site"));
    if (!site) return gone(c);
    const { branch, title } = c.req.query();
    if (!site.repository) return refuse(c, 422, "The site is not linked to a repository.");
    if (site.repository.stopped) return refuse(c, 422, "Builds of this site are stopped.");
    if (branch !== undefined && branch !== site.repository.branch)
      return refuse(c, 501, "The local cloud builds the production branch only.");
    const made = await build(world, site, title === undefined ? {} : { title });
    if (!made) return refuse(c, 422, `The branch ${site.repository.branch} is empty.`);
    return c.json(shownBuild(made));
  });

  app.get("/sites/:site/builds", (c) => {
    const site = siteOf(world, c.req.param("site"));
    return site ? c.json(pageOf(c, deploysOf(world, site.id)).map(shownBuild)) : gone(c);
  });

  app.get("/sites/:site/deploys", (c) => {
    const site = siteOf(world, c.req.param("site"));
    if (!site) return gone(c);
    const {
      state,
      branch,
      production,
      "latest-published": published,
      "deploy-previews": previews,
    } = c.req.query();
    const found = deploysOf(world, site.id)
      .filter((each) => state === undefined || each.state === state)
      .filter((each) => branch === undefined || each.branch === branch)
      .filter((each) => published !== "true" || each.id === site.publishedId)
      .filter(({ review }) => production !== "true" || review === undefined)
      .filter(({ review }) => previews !== "true" || review !== undefined);
    return c.json(pageOf(c, found).map((deploy) => shownDeploy(deploy, site)));
  });

  app.post("/sites/:site/deploys", (c) =>
    refuse(
      c,
      501,
      "The local cloud takes no uploads for Netlify: link the site to a repository and build that.",
    ),
  );

  app.get("/sites/:site/deploys/:deploy", (c) => {
    const found = find(c);
    return found?.site.id === siteOf(world, c.req.param("site"))?.id && found
      ? c.json(shownDeploy(found.deploy, found.site))
      : gone(c);
  });

  app.post("/sites/:site/deploys/:deploy/restore", async (c) => {
    const found = find(c);
    if (!found || found.site.id !== siteOf(world, c.req.param("site"))?.id) return gone(c);
    const { deploy, site } = found;
    if (deploy.state !== "ready") return refuse(c, 422, "Only a deploy that is ready can be published.");
    if (deploy.review !== undefined)
      return refuse(c, 501, "The local cloud publishes deploys of the production branch only.");
    if (site.locked && site.publishedId !== deploy.id)
      return refuse(c, 422, "The published deploy is locked: unlock it first.");
    const now = world.context.clock.now();
    sites.set(site.id, Object.assign(site, { publishedId: deploy.id, updatedAt: now }));
    deploys.set(deploy.id, Object.assign(deploy, { publishedAt: now }));
    return c.json(shownDeploy(deploy, site), 201);
  });

  for (const [verb, locked] of [
    ["lock", true],
    ["unlock", false],
  ] as const)
    app.post(`/deploys/:deploy/${verb}`, (c) => {
      const found = find(c);
      if (!found) return gone(c);
      const { deploy, site } = found;
      if (site.publishedId !== deploy.id)
        return refuse(c, 422, "Only the published deploy can be locked and unlocked.");
      sites.set(site.id, Object.assign(site, { locked }));
      return c.json(shownDeploy(deploy, site));
    });

  app.get("/deploys/:deploy", (c) => {
    const found = find(c);
    return found ? c.json(shownDeploy(found.deploy, found.site)) : gone(c);
  });

  app.post("/deploys/:deploy/cancel", (c) => {
    const found = find(c);
    if (!found) return gone(c);
    const { deploy, site } = found;
    if (!underWay(deploy)) return refuse(c, 422, "Only a deploy that is under way can be cancelled.");
    deploys.set(deploy.id, Object.assign(deploy, { state: "error" as const, error: "Canceled build" }));
    return c.json(shownDeploy(deploy, site), 201);
  });

  app.delete("/deploys/:deploy", async (c) => {
    const found = find(c);
    if (!found) return gone(c);
    const { deploy, site } = found;
    deploys.delete(deploy.id);
    if (site.publishedId === deploy.id) {
      delete site.publishedId;
      sites.set(site.id, site);
      await world.fronts.stopApp(site.id);
    }
    if (deploy.review !== undefined) await world.fronts.close(deploy.id);
    await world.drop(deploy.id);
    return c.body(null, 204);
  });

  return app;
}
