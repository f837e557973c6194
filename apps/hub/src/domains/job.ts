import { Fault } from "@atoll/core/fault";
import type { Situation } from "@atoll/core/operation";
import type { DomainState } from "@atoll/provider-kit/custom-domain";
import type { Accounts } from "../accounts.ts";
import type { Store } from "../store/store.ts";
import type { SitePlace } from "./place.ts";
import { type DomainRow, findDomain } from "./rows.ts";

/** What every task of a domain works with. */
export interface DomainJob {
  store: Store;
  auth: Accounts["authSite"];
  place: SitePlace;
  at: Situation;
  domain: string;
  /** What looks of this tick noted, by task. */
  fresh: Map<string, unknown>;
}

/** Of this very tick, too: what a look has just found is not among the notes yet when its act reads them. */
export const noted = <T>({ at, fresh }: DomainJob, step: string) =>
  (fresh.get(step) ?? at.notes.get(step)) as T | undefined; // each reads what it wrote

/** Notes what a look found for the act of the same tick, and for later ones. */
export function keep<T>({ fresh }: DomainJob, step: string, note: T): T {
  fresh.set(step, note);
  return note;
}

/** How its host says that the domain is. */
export const stateAt = ({ place, domain }: DomainJob) => place.host.domains.state(place.siteId, domain);
/** The domains that the site has at its host. */
export const listAt = ({ place }: DomainJob) => place.host.domains.list(place.siteId);

/** "vercel.domain" */
export const siteKind = ({ place }: DomainJob) => place.kind.replace(/\.[^.]*$/, ".domain");

/** Its DNS leads to the host, and the host took it. */
export const leads = ({ verified, misconfigured }: DomainState) => verified && !misconfigured;

/** The instance's domain. Throws a fault where it does not have it. */
export async function mustFind({ store, place, domain }: DomainJob): Promise<DomainRow> {
  const row = await findDomain(store, place.slug, domain);
  if (row !== undefined) return row;
  throw new Fault("rejected", {
    what: `"${place.slug}" does not have the domain ${domain}.`,
    next: `\`atoll domain list ${place.slug}\` names those that it has; \`atoll domain add\` adds one.`,
    field: "domain",
  });
}
