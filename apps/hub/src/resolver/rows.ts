import type pg from "pg";

/** What the registry says of an instance that resolves, is paused or is archived. */
export interface ResolvedRow {
  subdomain: string;
  name: string;
  type: string | null;
  blueprint: string;
  supabase_url: string | null;
  supabase_anon_key: string | null;
  url: string | null;
  locale: string | null;
  map_center: { latitude: number; longitude: number; zoom?: number } | null;
  modules: string[];
  state: "live" | "paused" | "archived";
  /** Null for a row by hand, which belongs to none. */
  environment: string | null;
  /** Verified hosts beside `{subdomain}.DOMAIN`. */
  hosts: string[];
}

// Whoever once was live goes on serving while it is updated, and when that failed: visitors see "live".
const select = `select r.subdomain, r.community_name as name, r.community_type as type, r.blueprint, r.supabase_url,
    r.supabase_anon_key, r.url, r.locale, r.map_center, r.modules,
    case when r.instance_id is not null then r.environment end as environment,
    case when r.status in ('paused', 'archived') then r.status else 'live' end as state,
    array(select d.host from atoll.domains d where d.subdomain = r.subdomain and d.verified_at is not null
           order by d.verified_at, d.host) as hosts
  from atoll.instance_registry r
  where (r.is_active or r.status in ('paused', 'archived'))`;

/** Whether a row's subdomain is a name below the domain, where that belongs to one environment. */
export const standsBelow = (row: ResolvedRow, environment: string | undefined): boolean =>
  environment === undefined || row.environment === null || row.environment === environment;

type Reader = pg.Pool | pg.Client;

/** All rows that say something to visitors. */
export async function readAll(sql: Reader): Promise<ResolvedRow[]> {
  return (await sql.query<ResolvedRow>(select)).rows;
}

/** Those of some subdomains; one that says nothing to visitors is left out. */
export async function readSome(sql: Reader, subdomains: readonly string[]): Promise<ResolvedRow[]> {
  return (await sql.query<ResolvedRow>(`${select} and r.subdomain = any($1)`, [subdomains])).rows;
}

/** The row behind a name below the domain, or behind a verified host. */
export async function readOne(
  sql: Reader,
  by: { subdomain: string } | { host: string },
): Promise<ResolvedRow | undefined> {
  const { rows } =
    "subdomain" in by
      ? await sql.query<ResolvedRow>(`${select} and r.subdomain = $1`, [by.subdomain])
      : await sql.query<ResolvedRow>(
          `${select} and r.subdomain =
             (select d.subdomain from atoll.domains d where d.host = $1 and d.verified_at is not null)`,
          [by.host],
        );
  return rows[0];
}
