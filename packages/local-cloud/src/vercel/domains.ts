import { randomBytes } from "node:crypto";
import { type Context, Hono } from "hono";
import type { CloudEnv } from "../kit/context.ts";
import { accountMissing, bodyAs, noProject, refuse } from "./answers.ts";
import { newDomain } from "./schemas.ts";
import { accountOf, type Domain, type Project, projectOf, type World } from "./world.ts";

const isDomain = (name: string) =>
  name.length <= 253 && /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/.test(name);
/** Names that no public DNS answers for: whoever uses them here may, so they need no proof. */
const isLocal = (name: string) => /\.(localhost|test)$/.test(name);

/** Where a domain should lead: sites of the local cloud are on this machine. */
const address = "127.0.0.1";
const canonical = "localhost.";
const apexOf = (name: string) => name.split(".").slice(-2).join(".");

/** Domains of a project: verified and configured by what the control endpoint put into the DNS, with certificates. */
export function domainRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const { context, projects, dns } = world;
  const host = "vercel";

  /** How a domain leads to the sites, and since when; undefined = it does not. */
  function pointing(name: string): { by: "A" | "CNAME"; since: number } | undefined {
    if (isLocal(name)) return { by: "A", since: 0 };
    const a = dns.rightSince(name, ({ type, value }) => type === "A" && value === address);
    if (a !== undefined) return { by: "A", since: a };
    const cname = dns.rightSince(
      name,
      ({ type, value }) => type === "CNAME" && value.replace(/\.?$/, ".") === canonical,
    );
    return cname === undefined ? undefined : { by: "CNAME", since: cname };
  }

  function certificateOf({ name, verified, createdAt }: Domain) {
    const since = verified ? pointing(name)?.since : undefined;
    return dns.certificate(host, name, since === undefined ? undefined : Math.max(since, createdAt));
  }

  function shown(project: Project, domain: Domain): object {
    const { name, verified, challenge, createdAt, redirect } = domain;
    const apexName = apexOf(name);
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
    dns.drop(host, found.domain.name);
    projects.set(found.project.id, found.project);
    return c.json({});
  });

  app.post("/:v{v9|v10}/projects/:project/domains/:domain/verify", (c) => {
    const found = find(c);
    if (!found) return noDomain(c);
    const { project, domain } = found;
    const place = `_vercel.${apexOf(domain.name)}`;
    const texts = dns.list(place).filter(({ type }) => type === "TXT");
    if (!domain.verified && !texts.some(({ value }) => value === domain.challenge))
      return texts.length === 0
        ? refuse(c, 400, "missing_txt_record", `There is no TXT record at ${place} for ${domain.name}.`)
        : refuse(
            c,
            400,
            "existing_project_domain",
            `The TXT record at ${place} does not match what proves ${domain.name} for this project.`,
          );
    domain.verified = true;
    projects.set(project.id, project);
    return c.json(shown(project, domain));
  });

  app.get("/v6/domains/:domain/config", (c) => {
    const pointed = pointing(c.req.param("domain").toLowerCase());
    return c.json({
      configuredBy: pointed?.by ?? null,
      acceptedChallenges: pointed ? ["http-01"] : [],
      recommendedIPv4: [{ rank: 1, value: [address] }],
      recommendedCNAME: [{ rank: 1, value: canonical }],
      misconfigured: pointed === undefined,
    });
  });

  app.get("/v8/certs", (c) => {
    const account = accountOf(c);
    if (account === undefined) return accountMissing(c);
    const certs = projects
      .values()
      .filter((project) => project.accountId === account)
      .flatMap((project) => project.domains)
      .flatMap((domain) => certificateOf(domain) ?? [])
      .map(({ id, domain, issuedAt, expiresAt }) => ({
        id,
        cns: [domain],
        createdAt: issuedAt,
        expiresAt,
        autoRenew: true,
      }));
    return c.json({ certs, pagination: { count: certs.length, next: null, prev: null } });
  });

  return app;
}
