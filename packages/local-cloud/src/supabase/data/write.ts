import type { Catalog } from "./catalog.ts";
import { parseFilters, splitList, unquote } from "./filter.ts";
import { DataProblem } from "./problem.ts";
import { mustEmbed, mustHave, returningSql, type Statement } from "./read.ts";
import { parseSelect } from "./select.ts";
import { conditionSql, id, Values } from "./statement.ts";

/** What the header `Prefer` says about a write. */
export interface WriteOptions {
  /** The rows written are the answer. */
  representation: boolean;
  /** What an insert does with a row that is there already. */
  resolution?: "merge-duplicates" | "ignore-duplicates";
}

type Row = Record<string, unknown>;

function rowsOf(body: unknown): Row[] {
  const list: unknown[] = Array.isArray(body) ? body : [body];
  if (list.every((row): row is Row => typeof row === "object" && row !== null && !Array.isArray(row)))
    return list;
  throw new DataProblem(400, "PGRST102", "Empty or invalid json");
}

/** Columns of a write: those asked for, else those of the first row, which all rows have to share. */
function columnsOf(rows: readonly Row[], query: URLSearchParams): string[] {
  const asked = query.get("columns");
  if (asked) return splitList(asked).map(unquote);
  const columns = Object.keys(rows[0] ?? {});
  const same = rows.every(
    (row) => Object.keys(row).length === columns.length && columns.every((column) => column in row),
  );
  if (!same) throw new DataProblem(400, "PGRST102", "All object keys must match");
  return columns;
}

function mustKnow(catalog: Catalog, table: string, columns: readonly string[]): void {
  const known = catalog.tables.get(table)?.columns ?? [];
  const unknown = columns.find((column) => !known.includes(column));
  if (unknown === undefined) return;
  throw new DataProblem(
    400,
    "PGRST204",
    `Could not find the '${unknown}' column of '${table}' in the schema cache`,
  );
}

/** What a write reads back: only the columns asked for, so that a role may write one that it may not see. */
function returnedSql(table: string, query: URLSearchParams): string {
  const of = `public.${id(table)}`;
  const asked = parseSelect(query.get("select") ?? "*");
  const names = asked.flatMap((each) => (each.is === "column" && each.name !== "*" ? [each.name] : []));
  // Embeds join by columns that may not have been asked for.
  if (names.length < asked.length) return `${of}.*`;
  return [...new Set(names)].map((name) => `${of}.${id(name)}`).join(", ");
}

function finish(
  catalog: Catalog,
  table: string,
  query: URLSearchParams,
  values: Values,
  sql: string,
  options: WriteOptions,
): Statement {
  // Without a representation nothing is read back: a role may write what it may not see.
  const text = options.representation
    ? `with "_written" as (${sql} returning ${returnedSql(table, query)}) ${returningSql(catalog, table, query, values)}`
    : sql;
  return { text, values: values.list };
}

/** `POST /table`: one row or many, plain or as an upsert. */
export function insertSql(
  catalog: Catalog,
  table: string,
  query: URLSearchParams,
  body: unknown,
  options: WriteOptions,
): Statement {
  mustHave(catalog, table);
  const rows = rowsOf(body);
  const columns = columnsOf(rows, query);
  mustKnow(catalog, table, columns);
  const values = new Values();
  const list = columns.map(id).join(", ");
  const source =
    columns.length === 0
      ? rows.length === 1
        ? "default values"
        : undefined
      : `(${list}) select ${list} from json_populate_recordset(null::public.${id(table)}, ${values.add(JSON.stringify(rows))}::json)`;
  if (source === undefined) throw new DataProblem(400, "PGRST102", "Empty or invalid json");
  return finish(
    catalog,
    table,
    query,
    values,
    `insert into public.${id(table)} ${source}${conflictSql(catalog, table, query, columns, options)}`,
    options,
  );
}

function conflictSql(
  catalog: Catalog,
  table: string,
  query: URLSearchParams,
  columns: readonly string[],
  options: WriteOptions,
): string {
  if (options.resolution === undefined) return "";
  const asked = query.get("on_conflict");
  const target = asked ? splitList(asked).map(unquote) : (catalog.tables.get(table)?.primaryKey ?? []);
  if (target.length === 0) return options.resolution === "ignore-duplicates" ? " on conflict do nothing" : "";
  const on = ` on conflict (${target.map(id).join(", ")})`;
  const set = columns.map((column) => `${id(column)} = excluded.${id(column)}`).join(", ");
  return options.resolution === "ignore-duplicates" || set === ""
    ? `${on} do nothing`
    : `${on} do update set ${set}`;
}

function whereSql(table: string, query: URLSearchParams, values: Values): string {
  const filters = parseFilters(query);
  mustEmbed(filters, []);
  const conditions = (filters.get("") ?? []).map((each) => conditionSql(table, each, values));
  return conditions.length > 0 ? ` where ${conditions.join(" and ")}` : "";
}

/** `PATCH /table`: the same columns on every row that the filters leave. */
export function updateSql(
  catalog: Catalog,
  table: string,
  query: URLSearchParams,
  body: unknown,
  options: WriteOptions,
): Statement {
  mustHave(catalog, table);
  const rows = rowsOf(body).slice(0, 1);
  const columns = columnsOf(rows, query);
  mustKnow(catalog, table, columns);
  if (columns.length === 0) return { text: "select '[]'::text as body, 0 as length", values: [] };
  const values = new Values();
  const record = `json_populate_record(null::public.${id(table)}, ${values.add(JSON.stringify(rows[0]))}::json)`;
  const set = columns.map((column) => `${id(column)} = "_new".${id(column)}`).join(", ");
  const sql = `update public.${id(table)} set ${set} from ${record} as "_new"${whereSql(table, query, values)}`;
  return finish(catalog, table, query, values, sql, options);
}

/** `DELETE /table`: every row that the filters leave. */
export function deleteSql(
  catalog: Catalog,
  table: string,
  query: URLSearchParams,
  options: WriteOptions,
): Statement {
  mustHave(catalog, table);
  const values = new Values();
  return finish(
    catalog,
    table,
    query,
    values,
    `delete from public.${id(table)}${whereSql(table, query, values)}`,
    options,
  );
}
