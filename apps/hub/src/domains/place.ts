import { Fault } from "@atoll/core/fault";
import type { Situation, Thing } from "@atoll/core/operation";
import type { Domains } from "@atoll/provider-kit/custom-domain";
import type { Deployments } from "@atoll/provider-kit/deployments";

/** What a host of applications does for the sites of instances. */
export interface SiteHost {
  /** For people: "Vercel". */
  name: string;
  domains: Domains;
  deployments: Deployments;
}

/** Hosts of applications, by the kind of their sites. */
interface Hosted {
  sites: ReadonlyMap<string, SiteHost>;
}

/** Where an instance's site stands, and the Auth that follows it. */
export interface SitePlace {
  slug: string;
  /** "vercel.project" */
  kind: string;
  /** The host's id. */
  siteId: string;
  host: SiteHost;
  /** Its host's own address, with scheme. */
  url: string | undefined;
  /** The project's ref; undefined where Auth is a client's own, which we do not move. */
  authRef: string | undefined;
}

/** The site of an instance among its things. Throws a fault where it has none, or nobody speaks to its host. */
export function sitePlace(
  accounts: Hosted,
  at: { slug: string; url: string | undefined; things: Iterable<Pick<Thing, "kind" | "id">> },
): SitePlace {
  const all = [...at.things];
  const site = all.find(({ kind }) => accounts.sites.has(kind));
  const host = site && accounts.sites.get(site.kind);
  if (site === undefined || host === undefined)
    throw new Fault("rejected", {
      what: `"${at.slug}" has no site at a host that we have an account at.`,
      next: "Wait until it is provisioned; one that was archived or destroyed has no site any more.",
      field: "slug",
    });
  return {
    slug: at.slug,
    kind: site.kind,
    siteId: site.id,
    host,
    url: at.url?.replace(/\/+$/, ""),
    authRef: all.find(({ kind }) => kind === "supabase.auth-config") && projectOf(all),
  };
}

// A client's own project has another kind of thing for it, and is not opened by our token.
const projectOf = (things: readonly Pick<Thing, "kind" | "id">[]) =>
  things.find(({ kind }) => kind === "supabase.project")?.id;

/** The site of the instance that an operation works on. */
export const placeOf = (accounts: Hosted, at: Situation): SitePlace =>
  sitePlace(accounts, { slug: at.instance.slug, url: at.url, things: at.things.values() });
