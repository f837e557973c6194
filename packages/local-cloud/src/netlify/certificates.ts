import { Hono } from "hono";
import type { CloudEnv } from "../kit/context.ts";
import type { Certificate } from "../kit/dns.ts";
import { gone, refuse } from "./answers.ts";
import { domainsOf, type Site, siteOf, type World } from "./world.ts";

/** Netlify's load balancer, to which a domain's own A record leads. */
const loadBalancer = "75.2.60.5";
const isLocal = (name: string) => /\.(localhost|test)$/.test(name);
const time = (ms: number) => new Date(ms).toISOString();

/** `/sites/{site_id}/ssl`: certificates of a site's domains, which come by themselves once the DNS is right. */
export function certificateRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const { dns } = world;

  function rightSince({ name }: Site, domain: string): number | undefined {
    if (isLocal(domain)) return 0;
    return dns.rightSince(domain, ({ type, value }) => {
      const target = value.replace(/\.$/, "");
      return type === "A"
        ? value === loadBalancer
        : type === "CNAME" &&
            (target === `${name}.netlify.app` || target === "apex-loadbalancer.netlify.com");
    });
  }

  const certificateOf = (site: Site, domain: string) =>
    dns.certificate("netlify", domain, rightSince(site, domain));

  const shown = ({ issuedAt, expiresAt }: Certificate, domains: string[]) => ({
    state: "issued",
    domains,
    created_at: time(issuedAt),
    updated_at: time(issuedAt),
    expires_at: time(expiresAt),
  });

  /** One for all domains that have one; it ends with the first of them. */
  function whole(site: Site): object | null {
    const all = domainsOf(site).flatMap((domain) => certificateOf(site, domain) ?? []);
    const [first] = all.toSorted((a, b) => a.expiresAt - b.expiresAt);
    return first === undefined
      ? null
      : shown(
          first,
          all.map(({ domain }) => domain),
        );
  }

  app.get("/sites/:site/ssl", (c) => {
    const site = siteOf(world, c.req.param("site"));
    return site ? c.json(whole(site)) : gone(c);
  });

  app.get("/sites/:site/ssl/certificates", (c) => {
    const site = siteOf(world, c.req.param("site"));
    if (!site) return gone(c);
    const domain = c.req.query("domain");
    if (domain === undefined) return refuse(c, 422, "domain is missing");
    if (!domainsOf(site).includes(domain)) return gone(c);
    const held = certificateOf(site, domain);
    return c.json(held === undefined ? [] : [shown(held, [domain])]);
  });

  app.post("/sites/:site/ssl", (c) => {
    const site = siteOf(world, c.req.param("site"));
    if (!site) return gone(c);
    if (c.req.query("certificate") !== undefined)
      return refuse(c, 501, "The local cloud takes no certificates of one's own: leave them to it.");
    const [primary] = domainsOf(site);
    if (primary === undefined) return refuse(c, 422, "No custom domain configured");
    if (rightSince(site, primary) === undefined) return refuse(c, 422, "bad dns for custom domain");
    return c.json(whole(site) ?? { state: "pending", domains: domainsOf(site) });
  });

  return app;
}
