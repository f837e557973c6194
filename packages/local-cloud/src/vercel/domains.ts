import { randomBytes } from "node:crypto";
import { type Context, Hono } from "hono";
import type { CloudEnv } from "../kit/context.ts";
import { bodyAs, noProject, refuse } from "./answers.ts";
import { newDomain } from "./schemas.ts";
import { type Domain, type Project, projectOf, type World } from "./world.ts";

const isDomain = (name: string) =>
  name.length <= 253 && /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/.test(name);
/** Names that no public DNS answers for: whoever uses them here may, so they need no proof. */
const isLocal = (name: string) => /\.(localhost|test)$/.test(name);

/** Domains of a project: kept, verified as far as that goes without DNS, and named among a deployment's aliases. */
export function domainRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const { context, projects } = world;

  function shown(project: Project, domain: Domain): object {
    const { name, verified, challenge, createdAt, redirect } = domain;
    const apexName = name.split(".").slice(-2).join(".");
    return {
      name,
      apexName,
      projectId: project.id,
      redirect: redirect ?? null,
      verified,
      createdAt,
      updatedAt: createdAt,
      ...(!verified && {
        verification: [
          {
            type: "TXT",
            domain: `_vercel.${apexName}`,
            value: challenge,
            reason: "pending_domain_verification",
          },
        ],
      }),
    };
  }

  function find(c: Context<CloudEnv>): { project: Project; domain: Domain } | undefined {
    const project = projectOf(world, c, c.req.param("project") ?? "");
    const domain = project?.domains.find((each) => each.name === c.req.param("domain"));
    return project && domain && { project, domain };
  }
  const noDomain = (c: Context<CloudEnv>) => refuse(c, 404, "not_found", "The domain was not found.");

  app.post("/:v{v9|v10}/projects/:project/domains", async (c) => {
    const project = projectOf(world, c, c.req.param("project"));
    if (!project) return noProject(c);
    const parsed = await bodyAs(c, newDomain);
    if ("refused" in parsed) return parsed.refused;
    const name = parsed.body.name.toLowerCase();
    if (!isDomain(name)) return refuse(c, 400, "invalid_domain", `The domain "${name}" is not valid.`);
    const owner = projects.values().find((each) => each.domains.some((domain) => domain.name === name));
    if (owner)
      return owner.id === project.id
        ? refuse(c, 400, "domain_already_in_use", `The domain ${name} is already assigned to this project.`)
        : refuse(
            c,
            409,
            "domain_already_in_use",
            `The domain ${name} is already assigned to another project.`,
          );
    const domain: Domain = {
      name,
      verified: isLocal(name),
      challenge: `vc-domain-verify=${name},${randomBytes(10).toString("hex")}`,
      ...(parsed.body.redirect && { redirect: parsed.body.redirect }),
      createdAt: context.clock.now(),
    };
    project.domains.push(domain);
    projects.set(project.id, project);
    return c.json(shown(project, domain));
  });

  app.get("/:v{v9|v10}/projects/:project/domains", (c) => {
    const project = projectOf(world, c, c.req.param("project"));
    if (!project) return noProject(c);
    const domains = project.domains.map((each) => shown(project, each));
    return c.json({ domains, pagination: { count: domains.length, next: null, prev: null } });
  });

  app.get("/:v{v9|v10}/projects/:project/domains/:domain", (c) => {
    const found = find(c);
    return found ? c.json(shown(found.project, found.domain)) : noDomain(c);
  });

  app.delete("/:v{v9|v10}/projects/:project/domains/:domain", (c) => {
    const found = find(c);
    if (!found) return noDomain(c);
    found.project.domains = found.project.domains.filter((each) => each !== found.domain);
    projects.set(found.project.id, found.project);
    return c.json({});
  });

  app.post("/:v{v9|v10}/projects/:project/domains/:domain/verify", (c) => {
    const found = find(c);
    if (!found) return noDomain(c);
    if (found.domain.verified) return c.json(shown(found.project, found.domain));
    const message = `The TXT record of ${found.domain.name} was not found: the local cloud asks no DNS.`;
    return refuse(c, 400, "missing_txt_record", message);
  });

  app.get("/v6/domains/:domain/config", (c) => {
    const pointed = isLocal(c.req.param("domain"));
    return c.json({
      configuredBy: pointed ? "A" : null,
      acceptedChallenges: [],
      recommendedIPv4: [{ rank: 1, value: ["127.0.0.1"] }],
      recommendedCNAME: [{ rank: 1, value: "localhost." }],
      misconfigured: !pointed,
    });
  });

  return app;
}
