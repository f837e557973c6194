import type { Hosts } from "@atoll/contract/schemas/resolve";
import { Fault } from "@atoll/core/fault";
import { type Kysely, sql, type Transaction } from "kysely";
import { record } from "../store/audit.ts";
import type { Store } from "../store/store.ts";
import type { Tables } from "../store/tables.ts";
import { hostFrom, isWithin } from "./host.ts";

/** Addresses that are the house's own, and so nobody's host. */
export interface OwnAddresses {
  /** Below which instances have their subdomains. */
  domain: string | undefined;
  /** Whose instances those are; undefined or left out = everybody's. */
  environment?: string | undefined;
  /** Where people reach the hub. */
  baseUrl: string;
}

/** Hosts of instances, and who may be found at them. Unknown slugs and wrong hosts are faults with their field. */
export interface HostBook {
  list(slug: string): Promise<Hosts>;
  /** Has a host lead to an instance, verified by whoever says so. Again = nothing. */
  add(slug: string, host: string, by: string): Promise<Hosts>;
  /** Has a host lead nowhere. Again = nothing. */
  remove(slug: string, host: string, by: string): Promise<Hosts>;
}

/** Opens the hosts in a hub's store; what is done stands in the audit log with it. */
export function openHostBook(store: () => Promise<Store>, own: () => OwnAddresses): HostBook {
  async function act(
    does: "add" | "remove",
    slug: string,
    by: string,
    work: (tx: Transaction<Tables>) => Promise<string | undefined>,
  ): Promise<Hosts> {
    const db = await store();
    await db.transaction().execute(async (tx) => {
      const host = await work(tx);
      if (host === undefined) return;
      await record(tx, {
        actor: by,
        action: `host.${does}`,
        subject: `instance/${slug}`,
        details: { host },
      });
    });
    return hostsOf(db, slug, own());
  }

  return {
    list: async (slug) => hostsOf(await store(), slug, own()),
    add: (slug, host, by) => act("add", slug, by, (tx) => addHost(tx, slug, host, own())),
    remove: (slug, host, by) => act("remove", slug, by, (tx) => removeHost(tx, slug, host)),
  };
}

const refused = (field: "host" | "slug", what: string, next: string) =>
  new Fault("rejected", { what, next, field });

async function hostsOf(
  db: Kysely<Tables>,
  slug: string,
  { domain, environment }: OwnAddresses,
): Promise<Hosts> {
  const row = await registered(db, slug);
  const items = await db
    .selectFrom("domains")
    .select(["host", "verified_at"])
    .where("subdomain", "=", slug)
    .orderBy("host")
    .execute();
  const isBelow = environment === undefined || row.instance_id === null || row.environment === environment;
  const stopped = row.status === "paused" || row.status === "archived" ? row.status : undefined;
  return {
    state: stopped ?? (row.is_active ? "live" : "unknown"),
    ...(domain !== undefined && isBelow && { own: `${slug}.${domain}` }),
    items: items.map(({ host, verified_at }) => ({ host, verifiedAt: verified_at?.toISOString() ?? null })),
  };
}

async function registered(db: Kysely<Tables>, slug: string) {
  const row = await db
    .selectFrom("instance_registry")
    .select(["status", "is_active", "environment", "instance_id"])
    .where("subdomain", "=", slug)
    .executeTakeFirst();
  if (row === undefined)
    throw refused("slug", `There is no instance "${slug}".`, "Look at the list; it may have been removed.");
  return row;
}

/** The host as it is kept. Refuses what is none, and what is the house's own. */
function checked(typed: string, { domain, baseUrl }: OwnAddresses): string {
  const host = hostFrom(typed);
  if (host === undefined || /:\d+$/.test(typed))
    throw refused(
      "host",
      "This is no name of a host.",
      "Write it as in www.example.org, without scheme, port or path.",
    );
  if (domain !== undefined && isWithin(host, domain))
    throw refused(
      "host",
      `${host} is ours: names below ${domain} are instances' subdomains.`,
      "Choose a host of the client's own.",
    );
  if (host === new URL(baseUrl).hostname)
    throw refused("host", `${host} is the hub's own address.`, "Choose another host.");
  return host;
}

/** Gives the host, or undefined when it leads there already. */
async function addHost(
  tx: Transaction<Tables>,
  slug: string,
  typed: string,
  own: OwnAddresses,
): Promise<string | undefined> {
  const host = checked(typed, own);
  // Held until the host stands there: an instance that is removed meanwhile takes it along.
  await tx
    .selectFrom("instance_registry")
    .select("subdomain")
    .where("subdomain", "=", slug)
    .forNoKeyUpdate()
    .execute();
  const { status } = await registered(tx, slug);
  if (status === "removing" || status === "removed")
    throw refused("slug", `"${slug}" is ${status}: no host leads there.`, "Choose another instance.");
  const made = await tx
    .insertInto("domains")
    .values({ host, subdomain: slug, verified_at: sql<Date>`clock_timestamp()` })
    .onConflict((conflict) =>
      conflict
        .column("host")
        .doUpdateSet({ verified_at: sql<Date>`clock_timestamp()` })
        .where("domains.subdomain", "=", slug)
        .where("domains.site_id", "is", null)
        .where("domains.verified_at", "is", null),
    )
    .returning("host")
    .executeTakeFirst();
  if (made !== undefined) return host;
  const there = await tx
    .selectFrom("domains")
    .select(["subdomain", "site_id", "verified_at"])
    .where("host", "=", host)
    .executeTakeFirstOrThrow();
  if (there.subdomain === slug && there.site_id !== null && there.verified_at === null)
    throw refused(
      "host",
      `${host} is a custom domain of "${slug}" that waits for its DNS: nobody vouches for it.`,
      "Set the DNS records that the instance's page shows; it leads here by itself then.",
    );
  if (there.subdomain === slug) return undefined;
  throw new Fault("not-ours", {
    what: `${host} leads to "${there.subdomain}".`,
    next: "Take it away there first, or choose another host.",
    field: "host",
  });
}

/** Gives the host, or undefined when it led nowhere already. */
async function removeHost(tx: Transaction<Tables>, slug: string, typed: string): Promise<string | undefined> {
  await registered(tx, slug);
  const host = hostFrom(typed);
  if (host === undefined) return undefined;
  const there = await tx
    .selectFrom("domains")
    .select("site_id")
    .where("host", "=", host)
    .where("subdomain", "=", slug)
    .executeTakeFirst();
  // Its host and the instance's Auth have to let it go, too.
  if (there !== undefined && there.site_id !== null)
    throw refused(
      "host",
      `${host} is a custom domain of the site of "${slug}".`,
      `Remove it as that: \`atoll domain remove ${slug} ${host}\`.`,
    );
  const gone = await tx
    .deleteFrom("domains")
    .where("host", "=", host)
    .where("subdomain", "=", slug)
    .returning("host")
    .executeTakeFirst();
  return gone?.host;
}
