import type { InstanceDomains } from "@atoll/contract/schemas/domains";
import { Fault } from "@atoll/core/fault";
import type { Store } from "../store/store.ts";
import { type DomainRow, listDomains } from "./rows.ts";
import { everyMsByDefault } from "./standing.ts";
import { type DomainPlace, type DomainWatch, watchDomains } from "./watch.ts";

interface Options {
  store(): Promise<Store>;
  environments: readonly DomainPlace[];
  /** The shortest pause between two looks at one domain, in milliseconds; 0 = nobody looks. */
  everyMs: number;
}

/** Custom domains of instances: what there is, and the watch over them. */
export interface OpenDomains {
  /** As last seen; asks nobody. */
  list(slug: string): Promise<InstanceDomains>;
  /** Looks at what is due, and tells of what broke. */
  round: DomainWatch;
}

/** `ATOLL_DOMAIN_EVERY_SECONDS` in milliseconds: the shortest pause between two looks at one domain; 0 = none. */
export function domainEveryMs(env: NodeJS.ProcessEnv): number {
  const seconds = Number(env.ATOLL_DOMAIN_EVERY_SECONDS || everyMsByDefault / 1_000);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1_000;
  throw new Fault("rejected", {
    what: `ATOLL_DOMAIN_EVERY_SECONDS is "${env.ATOLL_DOMAIN_EVERY_SECONDS}".`,
    next: "Set it to a number of seconds, such as 60, or to 0 to look at no domain.",
    field: "ATOLL_DOMAIN_EVERY_SECONDS",
  });
}

/** Opens the custom domains of a hub's environments. */
export function openDomains({ store, environments, everyMs }: Options): OpenDomains {
  return {
    async list(slug) {
      const db = await store();
      const instance = await db
        .selectFrom("instances")
        .select(["url", "environment"])
        .where("slug", "=", slug)
        .executeTakeFirst();
      if (instance === undefined)
        throw new Fault("rejected", {
          what: `There is no instance "${slug}".`,
          next: "`atoll status` lists them all.",
          field: "slug",
        });
      const sites = environments.find(({ name }) => name === instance.environment)?.accounts.sites;
      const rows = await listDomains(db, slug);
      return {
        ...(instance.url !== null && { address: instance.url }),
        items: rows.map((row) => shownDomain(row, sites?.get(row.site_kind)?.name ?? row.site_kind)),
      };
    },
    round: watchDomains({ store, environments, everyMs }),
  };
}

const shownDomain = (row: DomainRow, host: string): InstanceDomains["items"][number] => ({
  domain: row.host,
  state: row.state ?? "waiting",
  isPrimary: row.is_primary,
  isIn: row.verified_at !== null,
  isFound: row.found,
  host,
  records: row.records,
  ...(row.certificate && { certificate: row.certificate }),
  ...(row.problem && { problem: row.problem }),
  addedAt: row.created_at.toISOString(),
  ...(row.looked_at && { lookedAt: row.looked_at.toISOString() }),
  ...(row.due_at && { nextLookAt: row.due_at.toISOString() }),
  ...(row.live_at && { liveAt: row.live_at.toISOString() }),
  ...(row.broken_at && { brokenAt: row.broken_at.toISOString() }),
});
