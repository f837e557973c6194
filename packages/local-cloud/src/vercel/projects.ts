import { type Context, Hono } from "hono";
import type { CloudEnv } from "../kit/context.ts";
import { accountMissing, bodyAs, noProject, refuse } from "./answers.ts";
import { newId } from "./facts.ts";
import { changedProject, linkBody, newProject } from "./schemas.ts";
import { shownProject } from "./shown.ts";
import { invalid, put } from "./variables.ts";
import { accountOf, deploymentsOf, type Project, projectOf, type World } from "./world.ts";

const nameRule =
  "Project names can be up to 100 characters long and must be lowercase. They can include letters, digits, and the following characters: '.', '_', '-'. However, they cannot contain the sequence '---'.";
const isName = (name: string) => /^[a-z0-9._-]{1,100}$/.test(name) && !name.includes("---");

/** `/v11/projects`, `/v10/projects`, `/v9/projects/{idOrName}` and its link to a repository. */
export function projectRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const { context, projects, deployments } = world;

  const shown = (project: Project) =>
    shownProject(project, project.productionId ? deployments.get(project.productionId) : undefined);
  const taken = (account: string, name: string) =>
    projects.values().some((each) => each.accountId === account && each.name === name);

  function linkTo(
    c: Context<CloudEnv>,
    { type, repo }: { type: string; repo: string },
  ): { link: NonNullable<Project["link"]> } | { refused: Response } {
    const [org = "", name = ""] = repo.split("/");
    const found = type === "github" ? world.github()?.bareRepository(org, name) : undefined;
    if (!found) {
      const message = `Failed to link ${repo}. The repository was not found, or the Vercel GitHub App has no access to it.`;
      return { refused: refuse(c, 400, "bad_request", message, { action: "Install GitHub App", repo }) };
    }
    const link = { org, repo: name, repoId: found.id, productionBranch: found.defaultBranch };
    return { link: { ...link, createdAt: context.clock.now() } };
  }

  app.post("/:v{v9|v10|v11}/projects", async (c) => {
    const parsed = await bodyAs(c, newProject);
    if ("refused" in parsed) return parsed.refused;
    const account = accountOf(c);
    if (account === undefined) return accountMissing(c);
    const { name, framework = null, environmentVariables = [], gitRepository, ...settings } = parsed.body;
    if (!isName(name)) return refuse(c, 400, "invalid_project_name", nameRule);
    if (taken(account, name))
      return refuse(c, 409, "conflict", `A project with the name "${name}" already exists.`);
    const linked = gitRepository && linkTo(c, gitRepository);
    if (linked && "refused" in linked) return linked.refused;

    const now = context.clock.now();
    const project: Project = {
      id: newId("prj"),
      accountId: account,
      name,
      framework,
      settings,
      ...(linked && { link: linked.link }),
      variables: [],
      domains: [],
      paused: false,
      createdAt: now,
      updatedAt: now,
    };
    for (const variable of environmentVariables) {
      const wrong = invalid(variable);
      const result = wrong ? { error: wrong } : put(project, variable, false, now);
      if ("error" in result) {
        const { code, message, key } = result.error;
        return refuse(c, 400, code, message, { key });
      }
    }
    projects.set(project.id, project);
    return c.json(shown(project));
  });

  app.get("/:v{v9|v10}/projects", (c) => {
    const account = accountOf(c);
    if (account === undefined) return accountMissing(c);
    const { search = "", from, limit = "20", repo, repoId } = c.req.query();
    const size = Math.min(100, Math.max(1, Number(limit) || 20));
    const all = projects
      .values()
      .filter((each) => each.accountId === account && each.name.includes(search.toLowerCase()))
      .filter((each) => repo === undefined || `${each.link?.org}/${each.link?.repo}` === repo)
      .filter((each) => repoId === undefined || String(each.link?.repoId) === repoId)
      .sort((a, b) => b.updatedAt - a.updatedAt || a.id.localeCompare(b.id));
    // `from` is the place in this order, which Vercel leaves opaque.
    const start = Number(from) || 0;
    const page = all.slice(start, start + size);
    const next = start + size < all.length ? start + size : null;
    return c.json({ projects: page.map(shown), pagination: { count: page.length, next, prev: null } });
  });

  app.get("/:v{v9|v10}/projects/:project", (c) => {
    const project = projectOf(world, c, c.req.param("project"));
    return project ? c.json(shown(project)) : noProject(c);
  });

  app.patch("/:v{v9|v10}/projects/:project", async (c) => {
    const project = projectOf(world, c, c.req.param("project"));
    if (!project) return noProject(c);
    const parsed = await bodyAs(c, changedProject);
    if ("refused" in parsed) return parsed.refused;
    const { name, framework, ...settings } = parsed.body;
    if (name !== undefined && !isName(name)) return refuse(c, 400, "invalid_project_name", nameRule);
    if (name !== undefined && name !== project.name && taken(project.accountId, name))
      return refuse(c, 409, "conflict", "The provided name for the project is already being used.");
    if (name !== undefined) project.name = name;
    if (framework !== undefined) project.framework = framework;
    Object.assign(project.settings, settings);
    project.updatedAt = context.clock.now();
    projects.set(project.id, project);
    return c.json(shown(project));
  });

  app.delete("/:v{v9|v10}/projects/:project", async (c) => {
    const project = projectOf(world, c, c.req.param("project"));
    if (!project) return noProject(c);
    projects.delete(project.id);
    for (const { name } of project.domains) world.dns.drop("vercel", name);
    await world.fronts.close(project.id);
    for (const { id, target } of deploymentsOf(world, project.id)) {
      deployments.delete(id);
      if (target === null) await world.fronts.close(id);
      await world.drop(id);
    }
    return c.body(null, 204);
  });

  app.post("/:v{v9|v10}/projects/:project/link", async (c) => {
    const project = projectOf(world, c, c.req.param("project"));
    if (!project) return noProject(c);
    const parsed = await bodyAs(c, linkBody);
    if ("refused" in parsed) return parsed.refused;
    if (project.link) return refuse(c, 400, "bad_request", "The project is already linked to a repository.");
    const linked = linkTo(c, parsed.body);
    if ("refused" in linked) return linked.refused;
    projects.set(project.id, Object.assign(project, { link: linked.link }));
    return c.json(shown(project));
  });

  app.delete("/:v{v9|v10}/projects/:project/link", (c) => {
    const project = projectOf(world, c, c.req.param("project"));
    if (!project) return noProject(c);
    delete project.link;
    projects.set(project.id, project);
    return c.json(shown(project));
  });

  return app;
}
