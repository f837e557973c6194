// What a database holds, as far as an archive cares, and how its values are printed. Read by SQL that works over a
// connection and over an SQL endpoint alike.
import { ArchiveFault } from "./damage.ts";
import type { ArchivedSequence } from "./manifest.ts";

/** Runs SQL, several statements as one transaction, and gives the rows of the last one. */
export type Ask = (sql: string) => Promise<Record<string, unknown>[]>;

/** A column; a generated one is computed again by whoever loads the rows. */
export interface Column {
  name: string;
  /** As Postgres writes it with an empty search path: `public.mood[]`, `numeric(12,2)`. */
  type: string;
  generated: boolean;
  collatable: boolean;
}

/** A table with its own rows; a partitioned one stands for its partitions. */
export interface Table {
  schema: string;
  name: string;
  partitioned: boolean;
  columns: Column[];
  /** Columns of its primary key, or else of a unique index without nulls; empty where it has neither. */
  key: string[];
}

const named = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** A name as an SQL identifier. */
export const identifier = named;

/** A text as an SQL literal that cannot be left. */
export function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return quoted.includes("\\") ? `E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}

/** The table as SQL names it. */
export const relation = ({ schema, name }: { schema: string; name: string }): string =>
  `${named(schema)}.${named(name)}`;

/**
 * One statement that has every value printed and read in one way, whatever the database's defaults are; for the
 * transaction it stands in. With `row_security` off, rows hidden by a policy are an error instead of missing.
 */
export const oneWayOfPrinting = `select set_config('search_path', '', true), set_config('datestyle', 'ISO, YMD', true),
  set_config('intervalstyle', 'postgres', true), set_config('timezone', 'UTC', true),
  set_config('extra_float_digits', '1', true), set_config('bytea_output', 'hex', true),
  set_config('lc_monetary', 'C', true), set_config('xmloption', 'content', true),
  set_config('standard_conforming_strings', 'on', true), set_config('row_security', 'off', true)`;

/** Tables in `public` that are not an instance's data: the ledger of its schema, which the database it is loaded into has. */
const ledger = ["schema_migrations", "schema_version"];
/** The vault's table, and the keys in it that are the database's own and not the instance's. */
const vaultTable = "public.instance_config";
const ownKeys = "key like 'ATOLL\\_%'";

/** Whether a table is the vault. */
export const isVault = (table: { schema: string; name: string }): boolean =>
  `${table.schema}.${table.name}` === vaultTable;

/** Condition for the rows that archives are about: of the vault, not what marks the database itself. */
export const archivedRows = (table: { schema: string; name: string }): string | undefined =>
  isVault(table) ? `not (${ownKeys})` : undefined;

const tablesSql = `select coalesce(json_agg(json_build_object('schema', n.nspname, 'name', c.relname,
    'partitioned', c.relkind = 'p',
    'columns', coalesce((select json_agg(json_build_object('name', a.attname,
        'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'generated', a.attgenerated <> '',
        'collatable', a.attcollation <> 0) order by a.attnum)
      from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]'),
    'key', coalesce((select (select json_agg(a.attname order by k.place)
        from unnest(i.indkey::int2[]) with ordinality k(number, place)
        join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
        where k.place <= i.indnkeyatts)
      from pg_catalog.pg_index i
      where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null
        and i.indexprs is null and not exists (
          select from unnest(i.indkey::int2[]) with ordinality k(number, place)
          join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
          where k.place <= i.indnkeyatts and not a.attnotnull)
      order by i.indisprimary desc, i.indexrelid limit 1), '[]')
  ) order by n.nspname, c.relname), '[]') as tables
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition
  and (n.nspname = 'public' and c.relname not in (${ledger.map(literal).join(", ")})
    or n.nspname = 'auth' and c.relname in ('users', 'identities'))
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::regclass
    and d.objid = c.oid and d.deptype = 'e')`;

/** All tables that archives are about: those of schema `public` without the ledger, `auth.users`, `auth.identities`. */
export async function readTables(ask: Ask): Promise<Table[]> {
  const [row] = await ask(`${oneWayOfPrinting}; ${tablesSql}`);
  return (row?.tables ?? []) as Table[]; // made by the query above, column by column
}

/** Positions of all sequences in `public`. */
export async function readSequences(ask: Ask): Promise<ArchivedSequence[]> {
  const found = await ask(`select c.relname as name from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'S' and not exists (
      select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::regclass
        and d.objid = c.oid and d.deptype = 'e') order by 1`);
  const names = found.map(({ name }) => String(name));
  if (names.length === 0) return [];
  const rows = await ask(
    names
      .map(
        (name) =>
          `select ${literal(name)} as name, last_value::text as value, is_called as called from ${relation({ schema: "public", name })}`,
      )
      .join(" union all "),
  );
  return rows.map(({ name, value, called }) => ({
    schema: "public",
    name: String(name),
    lastValue: String(value),
    isCalled: called === true,
  }));
}

/** Version of the schema by the database's ledger; 0 where it has none. */
export async function readVersion(ask: Ask): Promise<number> {
  const [there] = await ask("select to_regclass('public.schema_version') is not null as there");
  if (there?.there !== true) return 0;
  const [row] = await ask("select version from public.schema_version");
  return typeof row?.version === "number" ? row.version : 0;
}

/** `order by` that sorts the same in every database: texts by their bytes, not by the database's locale. */
export function keyOrder(table: Table): string {
  return table.key.map((name) => keyColumn(table, name)).join(", ");
}

/** A column of a key as it is sorted and compared. */
export function keyColumn(table: Table, name: string): string {
  const column = columnOf(table, name);
  return column.collatable ? `${named(name)} collate "C"` : named(name);
}

/** The column of a name. Throws `unknown-column`. */
export function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((each) => each.name === name);
  if (!column)
    throw new ArchiveFault({
      damage: "unknown-column",
      where: `${table.schema}.${table.name}`,
      what: `The table ${table.schema}.${table.name} has no column "${name}".`,
      next: "Bring the database to the schema version of the archive first.",
    });
  return column;
}
