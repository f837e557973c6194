import { ownerKey } from "./script.ts";
import type { SqlSession } from "./session.ts";

/** What a database says about its own schema. */
export interface SchemaState {
  /** As the database's own `get_schema_version()` tells it; 0 before the first migration. */
  version: number;
  /** Checksum of each applied migration by its version. */
  checksums: Record<string, string>;
  /** Tables of `public` that stand open. */
  tablesWithoutRls: string[];
  /** How many policies there are on tables of `public`. */
  policies: number;
}

const look = `
select to_regclass('public.schema_migrations') is not null
    and to_regclass('public.schema_version') is not null
    and to_regclass('public.instance_config') is not null as ledger,
  (select coalesce(json_agg(c.relname order by c.relname), '[]') from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity) as bare,
  (select count(*)::integer from pg_catalog.pg_policies where schemaname = 'public') as policies
`;

const read = `
select coalesce((select version from public.schema_version), 0) as version,
  (select coalesce(json_object_agg(version, checksum), '{}') from public.schema_migrations) as checksums,
  (select value #>> '{}' from public.instance_config where key = '${ownerKey}') as owner
`;

/** Reads ledger and catalog, writes nothing. Undefined where there is no ledger. */
export async function readState(
  session: SqlSession,
): Promise<{ state: SchemaState; owner: string | undefined } | undefined> {
  // Rows come as JSON or from a driver; the types are those of the queries above.
  const [seen] = (await session.query(look)) as { ledger: boolean; bare: string[]; policies: number }[];
  if (!seen?.ledger) return undefined;
  const [row] = (await session.query(read)) as {
    version: number;
    checksums: Record<string, string>;
    owner: string | null;
  }[];
  if (!row) return undefined;
  const { version, checksums, owner } = row;
  return {
    state: { version, checksums, tablesWithoutRls: seen.bare, policies: seen.policies },
    owner: owner ?? undefined,
  };
}
