import { Fault } from "@atoll/core/fault";
import type { DnsRecord } from "@atoll/provider-kit/custom-domain";
import { type Selectable, sql } from "kysely";
import type { Store } from "../store/store.ts";
import type { Tables } from "../store/tables.ts";

/** A custom domain of an instance's site, as the hub keeps it. */
export type DomainRow = Selectable<Tables["domains"]> & { site_kind: string; site_id: string };

const isGiven = (row: Selectable<Tables["domains"]>): row is DomainRow => row.site_id !== null;

/** A domain of an instance by name; undefined where it is none, or only a host that somebody vouches for. */
export async function findDomain(store: Store, slug: string, domain: string): Promise<DomainRow | undefined> {
  const row = await store
    .selectFrom("domains")
    .selectAll()
    .where("host", "=", domain)
    .where("subdomain", "=", slug)
    .executeTakeFirst();
  return row && isGiven(row) ? row : undefined;
}

/** The custom domains of an instance, the primary one first, then in the order in which they came. */
export async function listDomains(store: Store, slug: string): Promise<DomainRow[]> {
  const rows = await store
    .selectFrom("domains")
    .selectAll()
    .where("subdomain", "=", slug)
    .where("site_id", "is not", null)
    .orderBy("is_primary", "desc")
    .orderBy("created_at")
    .orderBy("host")
    .execute();
  return rows.filter(isGiven);
}

/** Refuses a name that leads to another instance, or that an owner vouches for here. */
export async function mustBeFree(store: Store, slug: string, domain: string): Promise<void> {
  const row = await store.selectFrom("domains").selectAll().where("host", "=", domain).executeTakeFirst();
  if (row === undefined || (row.subdomain === slug && row.site_id !== null)) return;
  throw row.subdomain === slug
    ? new Fault("rejected", {
        what: `${domain} is one of the hosts of "${slug}", which somebody vouched for.`,
        next: `Take it away there first: \`atoll host remove ${slug} ${domain}\`.`,
        field: "domain",
      })
    : new Fault("not-ours", {
        what: `${domain} belongs to "${row.subdomain}".`,
        next: "Remove it there first, or choose another domain.",
        field: "domain",
      });
}

/** Takes a name for an instance, before its host is asked. There already = nothing. */
export async function claimDomain(
  store: Store,
  row: { domain: string; slug: string; kind: string; siteId: string; found: boolean },
): Promise<void> {
  await mustBeFree(store, row.slug, row.domain);
  await store
    .insertInto("domains")
    .values({
      host: row.domain,
      subdomain: row.slug,
      verified_at: null,
      site_kind: row.kind,
      site_id: row.siteId,
      found: row.found,
      state: "waiting",
    })
    .onConflict((conflict) => conflict.column("host").doNothing())
    .execute();
  await mustBeFree(store, row.slug, row.domain); // somebody may have been faster
}

/** Gives a name up. */
export async function dropDomain(store: Store, slug: string, domain: string): Promise<void> {
  await store
    .deleteFrom("domains")
    .where("host", "=", domain)
    .where("subdomain", "=", slug)
    .where("site_id", "is not", null)
    .execute();
}

/** Writes down which records its DNS has to hold, and has the watch begin. */
export async function writeRecords(
  store: Store,
  domain: string,
  records: readonly DnsRecord[],
): Promise<void> {
  await store
    .updateTable("domains")
    .set({ records: JSON.stringify(records), due_at: sql<Date>`coalesce(due_at, clock_timestamp())` })
    .where("host", "=", domain)
    .execute();
}

/** Has it lead to its instance, or not any more. */
export async function letIn(store: Store, domain: string, isIn: boolean): Promise<void> {
  await store
    .updateTable("domains")
    .set({
      verified_at: isIn ? sql<Date>`coalesce(verified_at, clock_timestamp())` : null,
      due_at: sql<Date>`clock_timestamp()`,
      tries: 0,
    })
    .where("host", "=", domain)
    .execute();
}

/** Makes one domain of an instance its primary one, or none. */
export async function choosePrimary(store: Store, slug: string, domain: string | undefined): Promise<void> {
  await store.transaction().execute(async (tx) => {
    await tx
      .updateTable("domains")
      .set({ is_primary: false })
      .where("subdomain", "=", slug)
      .where("is_primary", "=", true)
      .execute();
    if (domain === undefined) return;
    await tx
      .updateTable("domains")
      .set({ is_primary: true })
      .where("host", "=", domain)
      .where("subdomain", "=", slug)
      .execute();
  });
}

/**
 * The custom domains that were let in at an Auth project (its ref): no drift of ours. Read at each look, so that what
 * was moved a moment ago counts.
 */
export async function domainsOfProject(
  store: Store,
  ref: string,
): Promise<{ all: string[]; primary?: string }> {
  const { rows } = await sql<{ host: string; is_primary: boolean }>`select d.host, d.is_primary
    from atoll.domains d join atoll.instances i on i.slug = d.subdomain
    where d.site_id is not null and d.verified_at is not null and i.state <> 'removed'
      and exists (select from atoll.resources r where r.instance_id = i.id
        and r.kind = 'supabase.project' and r.provider_id = ${ref})
    order by d.created_at, d.host`.execute(store);
  const primary = rows.find(({ is_primary }) => is_primary)?.host;
  return { all: rows.map(({ host }) => host), ...(primary !== undefined && { primary }) };
}

/** The custom domains that were given to a site (the host's id of it), verified or not. */
export async function domainsOfSite(store: Store, siteId: string): Promise<string[]> {
  const rows = await store.selectFrom("domains").select("host").where("site_id", "=", siteId).execute();
  return rows.map(({ host }) => host);
}
