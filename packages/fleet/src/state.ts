import type { Change } from "@atoll/core/change";
import { type Catalog, catalogChanges, catalogKey, catalogQuery } from "./catalog.ts";
import { ledgerKey, ownerKey, seedKey } from "./script.ts";
import type { SqlSession } from "./session.ts";

/** A migration outside of transactions that has begun and not finished. */
interface Unfinished {
  version: number;
  state: "begun" | "invalid";
  /** What its last statement met. */
  problem: string | null;
}

/** What a database says about its own schema. */
export interface SchemaState {
  /** As the database's own `get_schema_version()` tells it; 0 before the first migration. */
  version: number;
  /** Checksum of each applied migration by its version. */
  checksums: Record<string, string>;
  unfinished: Unfinished[];
  /** Tables of `public` that stand open. */
  tablesWithoutRls: string[];
  /** Checksum of the ledger and vault that it was given last; null before there were checksums of them. */
  ledger: string | null;
  /** Checksum of the first rows that it was given last; null before there were checksums of them. */
  seed: string | null;
  /** How the catalog is, against how it was when the newest migration had been applied. */
  catalog: { recorded: boolean; changes: Change[] };
}

/** A database as it was found; `state` is undefined where there is no ledger. */
export interface Found {
  state: SchemaState | undefined;
  owner: string | undefined;
  catalog: Catalog;
  /** Major version of the server. */
  serverMajor: number;
}

// One question: the tables of the ledger may be missing, and a statement that names them would not even be planned.
// An older ledger has no column "state": the row as JSON tells.
// A look must not queue up behind somebody's lock for ever: others would queue up behind the look.
const look = `
select pg_catalog.set_config('atoll.seen', '', true), pg_catalog.set_config('lock_timeout', '5s', true);
do $look$
begin
  if to_regclass('public.schema_migrations') is null or to_regclass('public.schema_version') is null
    or to_regclass('public.instance_config') is null then
    return;
  end if;
  perform pg_catalog.set_config('atoll.seen', pg_catalog.jsonb_build_object(
    'version', coalesce((select version from public.schema_version), 0),
    'checksums', (select coalesce(jsonb_object_agg(version, checksum), '{}') from public.schema_migrations m
      where coalesce(to_jsonb(m) ->> 'state', 'finished') = 'finished'),
    'unfinished', (select coalesce(jsonb_agg(jsonb_build_object('version', version, 'state', to_jsonb(m) ->> 'state',
        'problem', to_jsonb(m) ->> 'problem') order by version), '[]') from public.schema_migrations m
      where to_jsonb(m) ->> 'state' <> 'finished'),
    'owner', (select value #>> '{}' from public.instance_config where key = '${ownerKey}'),
    'ledger', (select value #>> '{}' from public.instance_config where key = '${ledgerKey}'),
    'seed', (select value #>> '{}' from public.instance_config where key = '${seedKey}'),
    'expected', (select value from public.instance_config where key = '${catalogKey}'))::text, true);
end
$look$;
select nullif(pg_catalog.current_setting('atoll.seen'), '')::jsonb as seen,
  (select coalesce(json_agg(c.relname order by c.relname), '[]') from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity) as bare,
  ${catalogQuery} as catalog,
  pg_catalog.current_setting('server_version_num')::integer / 10000 as major
`;

interface Row {
  seen:
    | (Omit<SchemaState, "tablesWithoutRls" | "catalog"> & { owner: string | null; expected: Catalog | null })
    | null;
  bare: string[];
  catalog: Catalog;
  major: number;
}

/** Reads ledger and catalog with one question, writes nothing. */
export async function readDatabase(session: SqlSession): Promise<Found> {
  // Rows come as JSON or from a driver; the types are those of the query above.
  const [row] = (await session.query(look, { reads: true })) as unknown as Row[];
  if (row === undefined) throw new Error("The database answered a look at its schema with nothing.");
  const { seen, bare, catalog, major } = row;
  if (seen === null) return { state: undefined, owner: undefined, catalog, serverMajor: major };
  const { owner, expected, ...state } = seen;
  return {
    state: {
      ...state,
      tablesWithoutRls: bare,
      catalog: {
        recorded: expected !== null,
        // A table that stands open is told of by itself, and closed by whoever repairs it.
        changes:
          expected === null
            ? []
            : catalogChanges(expected, catalog).filter(({ path }) => !bare.includes(openTable(path) ?? "")),
      },
    },
    owner: owner ?? undefined,
    catalog,
    serverMajor: major,
  };
}

/** The ledger's part of it. Undefined where there is no ledger. */
export async function readState(
  session: SqlSession,
): Promise<{ state: SchemaState; owner: string | undefined } | undefined> {
  const { state, owner } = await readDatabase(session);
  return state && { state, owner };
}

/** The table of `public` whose row security a path is about. */
const openTable = (path: string) => /^row security public\.(\S+)$/.exec(path)?.[1]?.replaceAll('"', "");
