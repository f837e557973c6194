import { createHash } from "node:crypto";
import type { Change } from "@atoll/core/change";
import { catalogExpression } from "./catalog/query.ts";

/**
 * What the catalog holds, by name ("policy public.deals: deals_organization"), each with the MD5 of its definition.
 * Left out, since they say nothing about who may do what with which rows: comments, statistics, storage and
 * compression of columns, tablespaces, operators, casts, collations, text search, foreign tables, versions of
 * extensions, settings of roles and of the database.
 */
export type Catalog = Record<string, string>;

/** Row of `instance_config` that says how the catalog was when the newest migration had been applied. */
export const catalogKey = "ATOLL_SCHEMA_CATALOG_2";

/** A scalar query: the catalog as one JSON object. Reads only; independent of owners' names and of the session. */
export const catalogQuery: string = catalogExpression;

/** A scalar query: one text for the whole catalog, the same wherever the catalog is. */
export const fingerprintSql = `pg_catalog.md5((${catalogQuery})::text)`;

/** The same text as `fingerprintSql` gives, from a catalog at hand. */
export function fingerprintOf(catalog: Catalog): string {
  // As Postgres prints jsonb: shorter keys first, then by their bytes.
  const keys = Object.keys(catalog)
    .map((key) => Buffer.from(key))
    .sort((a, b) => a.length - b.length || Buffer.compare(a, b))
    .map((key) => key.toString());
  const pairs = keys.map((key) => `${JSON.stringify(key)}: ${JSON.stringify(catalog[key])}`);
  return createHash("md5")
    .update(`{${pairs.join(", ")}}`)
    .digest("hex");
}

// "policy public.deals" of "policy public.deals: deals_organization", in both languages.
const quoted = '"(?:[^"]|"")*"';
const onTable = `^(?:policy|trigger|rule) ((?:${quoted}|[^".: ]+)\\.(?:${quoted}|[^".: ]+)): `;
const tablePattern = new RegExp(onTable);
const tableOf = (name: string) => tablePattern.exec(name)?.[1];
const ownerPattern = /^owner (.*)$/;

/** Tables that the migrations made, or put a policy, trigger or rule on. */
function tablesIn(catalog: Catalog): Set<string> {
  const tables = new Set<string>();
  for (const name of Object.keys(catalog)) {
    const table = name.startsWith("table ") ? name.slice("table ".length) : tableOf(name);
    if (table !== undefined) tables.add(table);
  }
  return tables;
}

/**
 * How the catalog differs from what the migrations left. What somebody added is left alone, unless it decides
 * who sees or changes rows of our tables: a policy, trigger or rule on one, or another owner (a grant changes ours).
 */
export function catalogChanges(expected: Catalog, found: Catalog): Change[] {
  const tables = tablesIn(expected);
  return allDifferences(expected, found).filter(({ path, act }) => {
    if (act !== "remove") return true;
    const table = tableOf(path);
    if (table !== undefined) return tables.has(table);
    const owned = ownerPattern.exec(path)?.[1];
    return owned !== undefined && `grants ${owned}` in expected;
  });
}

/** Every difference, with all that somebody added. */
export function allDifferences(expected: Catalog, found: Catalog): Change[] {
  const changes: Change[] = [];
  for (const [name, hash] of Object.entries(expected)) {
    const there = found[name];
    if (there === undefined) changes.push({ path: name, act: "create", to: "as the migrations made it" });
    else if (there !== hash)
      changes.push({ path: name, act: "update", from: "changed by hand", to: "as the migrations made it" });
  }
  for (const name of Object.keys(found))
    if (!(name in expected)) changes.push({ path: name, act: "remove", from: "added by hand" });
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * `catalogChanges` as a scalar SQL expression over two expressions that give catalogs as jsonb: the first five names
 * and how many more, null when there are none.
 */
export function changesSql(expectedJson: string, foundJson: string): string {
  const pattern = `'${onTable}'`;
  return `(
with wanted as materialized (select e.key as thing, e.value as hash from pg_catalog.jsonb_each_text(${expectedJson}) e),
there as materialized (select f.key as thing, f.value as hash from pg_catalog.jsonb_each_text(${foundJson}) f),
homes as materialized (
  select distinct coalesce(substring(thing from '^table (.*)$'), substring(thing from ${pattern})) as home from wanted
),
complaints as materialized (
  select w.thing from wanted w left join there t on t.thing = w.thing where t.hash is distinct from w.hash
  union all
  select t.thing from there t left join wanted w on w.thing = t.thing
  where w.thing is null and (substring(t.thing from ${pattern}) in (select home from homes where home is not null)
    or 'grants ' || substring(t.thing from '^owner (.*)$') in (select thing from wanted))
),
ranked as (select thing, row_number() over (order by thing collate "C") as place from complaints)
select string_agg(thing, ', ' order by place) filter (where place <= 5)
  || case when count(*) > 5 then ' and ' || count(*) - 5 || ' more' else '' end
from ranked)`;
}
