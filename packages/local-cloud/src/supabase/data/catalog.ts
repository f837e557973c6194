import type pg from "pg";

/** A foreign key between two tables of schema public. */
export interface ForeignKey {
  name: string;
  table: string;
  columns: string[];
  toTable: string;
  toColumns: string[];
  /** The referring columns are unique: at most one row refers to a row. */
  unique: boolean;
}

interface FunctionFacts {
  name: string;
  args: { name: string; type: string; hasDefault: boolean }[];
  returnsSet: boolean;
  returnsRow: boolean;
  /** The table whose rows it returns; null for other types. */
  returnsTable: string | null;
  returnsVoid: boolean;
}

/** What the Data API knows of a database: PostgREST calls it the schema cache. */
export interface Catalog {
  /** Columns of each table and view in schema public. */
  tables: Map<string, { columns: string[]; primaryKey: string[] }>;
  foreignKeys: ForeignKey[];
  functions: FunctionFacts[];
}

const tablesSql = `
  select c.relname as name,
         array(select a.attname::text from pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as columns,
         coalesce((select array_agg(a.attname::text order by k.n)
            from pg_index i cross join lateral unnest(i.indkey) with ordinality k(attnum, n)
            join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
           where i.indrelid = c.oid and i.indisprimary), '{}') as "primaryKey"
    from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')`;

const foreignKeysSql = `
  select f.conname as name, s.relname as table, t.relname as "toTable",
         array(select a.attname::text from unnest(f.conkey) with ordinality k(attnum, n)
                 join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.attnum order by k.n) as columns,
         array(select a.attname::text from unnest(f.confkey) with ordinality k(attnum, n)
                 join pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.attnum order by k.n) as "toColumns",
         exists (select 1 from pg_constraint u where u.conrelid = f.conrelid and u.contype in ('p', 'u')
                   and u.conkey @> f.conkey and u.conkey <@ f.conkey) as unique
    from pg_constraint f join pg_class s on s.oid = f.conrelid join pg_class t on t.oid = f.confrelid
   where f.contype = 'f' and s.relnamespace = 'public'::regnamespace and t.relnamespace = 'public'::regnamespace`;

const functionsSql = `
  select p.proname as name, p.proretset as "returnsSet",
         p.prorettype = 'void'::regtype as "returnsVoid",
         (select c.relname from pg_type t join pg_class c on c.oid = t.typrelid
           where t.oid = p.prorettype and c.relnamespace = 'public'::regnamespace) as "returnsTable",
         (select typtype = 'c' from pg_type where oid = p.prorettype) or p.prorettype = 'record'::regtype as "returnsRow",
         coalesce((select json_agg(json_build_object('name', coalesce(p.proargnames[n], ''),
                    'type', format_type(t, null), 'hasDefault', n > p.pronargs - p.pronargdefaults) order by n)
            from unnest(p.proargtypes::oid[]) with ordinality a(t, n)), '[]') as args
    from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'`;

/** Reads the catalog as it is now. */
export async function readCatalog(db: pg.Pool | pg.ClientBase): Promise<Catalog> {
  const tables = await db.query<{ name: string; columns: string[]; primaryKey: string[] }>(tablesSql);
  const keys = await db.query<ForeignKey>(foreignKeysSql);
  const functions = await db.query<FunctionFacts>(functionsSql);
  return {
    tables: new Map(tables.rows.map(({ name, columns, primaryKey }) => [name, { columns, primaryKey }])),
    foreignKeys: keys.rows,
    functions: functions.rows,
  };
}
