import type { Change } from "@atoll/core/change";
import { type Catalog, catalogChanges, catalogKey, catalogQuery } from "./catalog.ts";
import { ledgerKey, ownerKey, seedKey } from "./script.ts";
import type { SqlSession } from "./session.ts";

/** What a database says about its own schema. */
export interface SchemaState {
  /** As the database's own `get_schema_version()` tells it; 0 before the first migration. */
  version: number;
  /** Checksum of each applied migration by its version. */
  checksums: Record<string, string>;
  /** Tables of `public` that stand open. */
  tablesWithoutRls: string[];
  /** Checksum of the ledger and vault that it was given last; null before there were checksums of them. */
  ledger: string | null;
  /** Checksum of the first rows that it was given last; null before there were checksums of them. */
  seed: string | null;
  /** How the catalog is, against how it was when the newest migration had been applied. */
  catalog: { recorded: boolean; changes: Change[] };
}

const look = `
select to_regclass('public.schema_migrations') is not null
    and to_regclass('public.schema_version') is not null
    and to_regclass('public.instance_config') is not null as ledger,
  (select coalesce(json_agg(c.relname order by c.relname), '[]') from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity) as bare,
  ${catalogQuery} as catalog
`;

const read = `
select coalesce((select version from public.schema_version), 0) as version,
  (select coalesce(json_object_agg(version, checksum), '{}') from public.schema_migrations) as checksums,
  (select value #>> '{}' from public.instance_config where key = '${ownerKey}') as owner,
  (select value #>> '{}' from public.instance_config where key = '${ledgerKey}') as ledger,
  (select value #>> '{}' from public.instance_config where key = '${seedKey}') as seed,
  (select value from public.instance_config where key = '${catalogKey}') as expected
`;

/** Reads ledger and catalog, writes nothing. Undefined where there is no ledger. */
export async function readState(
  session: SqlSession,
): Promise<{ state: SchemaState; owner: string | undefined } | undefined> {
  // Rows come as JSON or from a driver; the types are those of the queries above.
  const [seen] = (await session.query(look)) as { ledger: boolean; bare: string[]; catalog: Catalog }[];
  if (!seen?.ledger) return undefined;
  const [row] = (await session.query(read)) as {
    version: number;
    checksums: Record<string, string>;
    owner: string | null;
    ledger: string | null;
    seed: string | null;
    expected: Catalog | null;
  }[];
  if (!row) return undefined;
  const { version, checksums, owner, ledger, seed, expected } = row;
  const catalog = {
    recorded: expected !== null,
    changes: expected === null ? [] : catalogChanges(expected, seen.catalog),
  };
  return {
    state: { version, checksums, tablesWithoutRls: seen.bare, ledger, seed, catalog },
    owner: owner ?? undefined,
  };
}
