import type { Hosts } from "@atoll/contract/schemas/resolve";
import { type Kysely, sql, type Transaction } from "kysely";
import { notFound, Refusal } from "../server/refusal.ts";
import type { Tables } from "../store/tables.ts";
import { hostFrom, isWithin } from "./host.ts";

/** Addresses that are the house's own, and so nobody's host. */
export interface OwnAddresses {
  /** Below which instances have their subdomains. */
  domain: string | undefined;
  /** Where people reach the hub. */
  baseUrl: string;
}

/** An instance's hosts, and what visitors find there. Refuses what is not registered. */
export async function hostsOf(db: Kysely<Tables>, slug: string, { domain }: OwnAddresses): Promise<Hosts> {
  const row = await registered(db, slug);
  const items = await db
    .selectFrom("domains")
    .select(["host", "verified_at"])
    .where("subdomain", "=", slug)
    .orderBy("host")
    .execute();
  const stopped = row.status === "paused" || row.status === "archived" ? row.status : undefined;
  return {
    state: stopped ?? (row.is_active ? "live" : "unknown"),
    ...(domain !== undefined && { own: `${slug}.${domain}` }),
    items: items.map(({ host, verified_at }) => ({ host, verifiedAt: verified_at?.toISOString() ?? null })),
  };
}

async function registered(db: Kysely<Tables>, slug: string) {
  const row = await db
    .selectFrom("instance_registry")
    .select(["status", "is_active"])
    .where("subdomain", "=", slug)
    .executeTakeFirst();
  if (row === undefined) throw notFound(`instance "${slug}"`);
  return row;
}

/** The host as it is kept. Refuses what is none, and what is the house's own. */
function checked(typed: string, { domain, baseUrl }: OwnAddresses): string {
  const host = hostFrom(typed);
  if (host === undefined || /:\d+$/.test(typed))
    throw new Refusal(
      400,
      "This is no name of a host.",
      "Write it as in www.example.org, without scheme, port or path.",
      "host",
    );
  if (domain !== undefined && isWithin(host, domain))
    throw new Refusal(
      400,
      `${host} is ours: names below ${domain} are instances' subdomains.`,
      "Choose a host of the client's own.",
      "host",
    );
  if (host === new URL(baseUrl).hostname)
    throw new Refusal(400, `${host} is the hub's own address.`, "Choose another host.", "host");
  return host;
}

/** Has a host lead to an instance, verified by whoever says so. Gives the host, or undefined when it does already. */
export async function addHost(
  tx: Transaction<Tables>,
  slug: string,
  typed: string,
  own: OwnAddresses,
): Promise<string | undefined> {
  const host = checked(typed, own);
  const { status } = await registered(tx, slug);
  if (status === "removing" || status === "removed")
    throw new Refusal(409, `"${slug}" is ${status}: no host leads there.`, "Choose another instance.");
  const made = await tx
    .insertInto("domains")
    .values({ host, subdomain: slug, verified_at: sql<Date>`clock_timestamp()` })
    .onConflict((conflict) =>
      conflict
        .column("host")
        .doUpdateSet({ verified_at: sql<Date>`clock_timestamp()` })
        .where("domains.subdomain", "=", slug)
        .where("domains.verified_at", "is", null),
    )
    .returning("host")
    .executeTakeFirst();
  if (made !== undefined) return host;
  const there = await tx
    .selectFrom("domains")
    .select("subdomain")
    .where("host", "=", host)
    .executeTakeFirstOrThrow();
  if (there.subdomain === slug) return undefined;
  throw new Refusal(
    409,
    `${host} leads to "${there.subdomain}".`,
    "Take it away there first, or choose another host.",
    "host",
  );
}

/** Has a host lead nowhere. Gives the host, or undefined when it led nowhere already. */
export async function removeHost(
  tx: Transaction<Tables>,
  slug: string,
  typed: string,
): Promise<string | undefined> {
  await registered(tx, slug);
  const host = hostFrom(typed);
  if (host === undefined) return undefined;
  const gone = await tx
    .deleteFrom("domains")
    .where("host", "=", host)
    .where("subdomain", "=", slug)
    .returning("host")
    .executeTakeFirst();
  return gone?.host;
}
