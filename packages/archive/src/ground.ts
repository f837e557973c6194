// What has to be put aside around the loading of rows, and put back as it was. All of it in the caller's transaction,
// as the owner of the tables; the search path is empty, so that definitions name schemas.
import { type Ask, identifier, literal, relation, type Table } from "./catalog.ts";
import type { ArchivedSequence } from "./manifest.ts";

interface ForeignKey {
  relation: string;
  name: string;
  definition: string;
  comment: string | null;
}

const states: Record<string, string> = {
  O: "enable trigger",
  R: "enable replica trigger",
  A: "enable always trigger",
};

/** Switches the tables' own triggers off; what is given back puts each as it was. */
export async function silence(ask: Ask, tables: readonly Table[]): Promise<() => Promise<void>> {
  const loud: { table: string; name: string; state: string }[] = [];
  for (const table of tables) {
    const rows = await ask(`select tgname as name, tgenabled::text as state from pg_catalog.pg_trigger
      where tgrelid = ${literal(relation(table))}::regclass and not tgisinternal and tgparentid = 0 and tgenabled <> 'D'`);
    for (const { name, state } of rows)
      loud.push({ table: relation(table), name: String(name), state: String(state) });
    if (rows.length > 0) await ask(`alter table ${relation(table)} disable trigger user`);
  }
  return async () => {
    for (const { table, name, state } of loud)
      await ask(`alter table ${table} ${states[state] ?? "enable trigger"} ${identifier(name)}`);
  };
}

/**
 * Takes down the foreign keys between tables of `public`: rows may then come in any order, cycles and references to the
 * same table included. Those to other schemas stay: their rows are there first.
 */
export async function dropForeignKeys(ask: Ask): Promise<ForeignKey[]> {
  const rows = await ask(`select con.conrelid::regclass::text as relation, con.conname as name,
      pg_catalog.pg_get_constraintdef(con.oid) as definition, pg_catalog.obj_description(con.oid, 'pg_constraint') as comment
    from pg_catalog.pg_constraint con
    join pg_catalog.pg_class one on one.oid = con.conrelid join pg_catalog.pg_class other on other.oid = con.confrelid
    where con.contype = 'f' and con.conparentid = 0 and one.relnamespace = 'public'::regnamespace
      and other.relnamespace = 'public'::regnamespace order by con.oid`);
  const keys = rows.map((row) => ({
    relation: String(row.relation),
    name: String(row.name),
    definition: String(row.definition),
    comment: row.comment === null ? null : String(row.comment),
  }));
  for (const key of keys) await ask(`alter table ${key.relation} drop constraint ${identifier(key.name)}`);
  return keys;
}

/** Puts foreign keys back under their names; each one checks all rows as it comes. */
export async function putForeignKeys(ask: Ask, keys: readonly ForeignKey[]): Promise<void> {
  for (const { relation: on, name, definition, comment } of keys) {
    await ask(`alter table ${on} add constraint ${identifier(name)} ${definition}`);
    if (comment !== null)
      await ask(`comment on constraint ${identifier(name)} on ${on} is ${literal(comment)}`);
  }
}

/** Sets sequences to where they were; those that the database does not have are passed over. */
export async function setSequences(ask: Ask, sequences: readonly ArchivedSequence[]): Promise<void> {
  for (const { schema, name, lastValue, isCalled } of sequences) {
    const sequence = literal(relation({ schema, name }));
    await ask(`select case when to_regclass(${sequence}) is not null
      then setval(to_regclass(${sequence}), ${lastValue}, ${isCalled}) end`);
  }
}

/** Fills the materialized views of `public` anew, those that others are made of first. */
export async function refreshViews(ask: Ask): Promise<void> {
  const views = await ask(`select oid::regclass::text as view from pg_catalog.pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'm' and relispopulated order by oid`);
  for (const { view } of views) await ask(`refresh materialized view ${String(view)}`);
}
