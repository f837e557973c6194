import type { Catalog } from "./catalog.ts";
import { type Condition, parseFilters } from "./filter.ts";
import { DataProblem } from "./problem.ts";
import { relationOf } from "./relation.ts";
import { parseSelect, type Selected } from "./select.ts";
import { columnSql, conditionSql, id, orderSql, Values, wholeNumber } from "./statement.ts";

/** A statement with its values. */
export interface Statement {
  text: string;
  values: unknown[];
}

interface Query {
  catalog: Catalog;
  query: URLSearchParams;
  filters: Map<string, Condition[]>;
  values: Values;
}

/** "No such table" as PostgREST says it. */
export function mustHave(catalog: Catalog, table: string): void {
  if (catalog.tables.has(table)) return;
  throw new DataProblem(404, "PGRST205", `Could not find the table 'public.${table}' in the schema cache`);
}

function limitSql(query: URLSearchParams, prefix: string): string {
  const limit = wholeNumber("limit", query.get(`${prefix}limit`));
  const offset = wholeNumber("offset", query.get(`${prefix}offset`));
  return `${limit === undefined ? "" : ` limit ${limit}`}${offset === undefined ? "" : ` offset ${offset}`}`;
}

/** Refuses a filter on a table that is not embedded: to pass over it would read, or write, too many rows. */
export function mustEmbed(filters: Query["filters"], fields: readonly Selected[]): void {
  const paths = (list: readonly Selected[], above: string): string[] =>
    list.flatMap((field) => {
      if (field.is !== "embed") return [];
      const own = `${above}${field.alias ?? field.target}`;
      return [own, ...paths(field.fields, `${own}.`)];
    });
  const embedded = new Set(["", ...paths(fields, "")]);
  const stray = [...filters.keys()].find((path) => !embedded.has(path));
  if (stray === undefined) return;
  throw new DataProblem(400, "PGRST108", `'${stray}' is not an embedded resource in this request`, {
    hint: `Verify that '${stray}' is included in the 'select' query parameter.`,
  });
}

/** An embedded table as an expression that gives JSON: an object for "to one", a list for "to many". */
function embedSql(
  q: Query,
  table: string,
  alias: string,
  embed: Extract<Selected, { is: "embed" }>,
  path: string,
): { json: string; exists: string } {
  const relation = relationOf(q.catalog, table, embed.target, embed.hint);
  const child = `${alias}_${embed.alias ?? embed.target}`;
  const own = path === "" ? (embed.alias ?? embed.target) : `${path}.${embed.alias ?? embed.target}`;
  const conditions = [
    relation.joins(alias, child),
    ...(q.filters.get(own) ?? []).map((each) => conditionSql(child, each, q.values)),
  ];
  const nested = fieldsSql(q, relation.table, child, embed.fields, own);
  const from = `from public.${id(relation.table)} as ${id(child)} where ${[...conditions, ...nested.required].join(" and ")}`;
  const rows = `select ${nested.columns} ${from}${orderSql(child, q.query.get(`${own}.order`))}${limitSql(q.query, `${own}.`)}`;
  const json = relation.many
    ? `(select coalesce(json_agg(row_to_json("_e")), '[]'::json) from (${rows}) as "_e")`
    : `(select row_to_json("_e") from (${rows}) as "_e" limit 1)`;
  return { json, exists: `exists (select 1 ${from})` };
}

/** Plain words stay as they are: `int` is grammar, not a type's name, and unknown when quoted. */
const typeSql = (name: string) => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : id(name));

/** The columns of one level, and what `!inner` demands of its rows. */
function fieldsSql(
  q: Query,
  table: string,
  alias: string,
  fields: readonly Selected[],
  path: string,
): { columns: string; required: string[] } {
  const required: string[] = [];
  const columns = fields.map((field) => {
    if (field.is === "embed") {
      const { json, exists } = embedSql(q, table, alias, field, path);
      if (field.inner) required.push(exists);
      return `${json} as ${id(field.alias ?? field.target)}`;
    }
    if (field.name === "*") return `${id(alias)}.*`;
    const cast = field.cast === undefined ? "" : `::${typeSql(field.cast)}`;
    const name = field.alias ?? field.path.at(-1)?.key ?? field.name;
    return `(${columnSql(alias, field.name, field.path)})${cast} as ${id(name)}`;
  });
  return { columns: columns.length === 0 ? "1" : columns.join(", "), required };
}

/** Which rows of a query a page shows, and whether all are counted. */
export interface PageOptions {
  count: boolean;
  range: { offset: number; limit: number | undefined } | undefined;
  maxRows: number | undefined;
}

/** Where rows come from: SQL after `from`, the alias in it, and the table that they belong to, if any. */
interface Source {
  from: string;
  alias: string;
  table: string;
}

/** Reads rows: the page as JSON text, its length, and, when asked for, how many there are in all. */
export function pageSql(
  catalog: Catalog,
  source: Source,
  query: URLSearchParams,
  options: PageOptions,
  values: Values,
): Statement {
  const q: Query = { catalog, query, filters: parseFilters(query), values };
  const { alias } = source;
  const fields = parseSelect(query.get("select") ?? "*");
  mustEmbed(q.filters, fields);
  const { columns, required } = fieldsSql(q, source.table, alias, fields, "");
  const conditions = [
    ...(q.filters.get("") ?? []).map((each) => conditionSql(alias, each, q.values)),
    ...required,
  ];
  const from = `from ${source.from}${conditions.length > 0 ? ` where ${conditions.join(" and ")}` : ""}`;
  const limit = wholeNumber("limit", query.get("limit")) ?? options.range?.limit;
  const offset = wholeNumber("offset", query.get("offset")) ?? options.range?.offset;
  const most = Math.min(limit ?? Number.POSITIVE_INFINITY, options.maxRows ?? Number.POSITIVE_INFINITY);
  const page = `${Number.isFinite(most) ? ` limit ${most}` : ""}${offset === undefined ? "" : ` offset ${offset}`}`;
  const rows = `select ${columns} ${from}${orderSql(alias, query.get("order"))}${page}`;
  const total = options.count ? `(select count(*) ${from})` : "null::bigint";
  return {
    text: `select coalesce(json_agg(row_to_json("_r")), '[]'::json)::text as body, count(*)::int as length, ${total}::int as total from (${rows}) as "_r"`,
    values: q.values.list,
  };
}

/** Reads rows of a table. */
export function readSql(
  catalog: Catalog,
  table: string,
  query: URLSearchParams,
  options: PageOptions,
): Statement {
  mustHave(catalog, table);
  return pageSql(catalog, { from: `public.${id(table)}`, alias: table, table }, query, options, new Values());
}

/** What a write gives back: columns and embeds over the rows that it touched. */
export function returningSql(
  catalog: Catalog,
  table: string,
  query: URLSearchParams,
  values: Values,
): string {
  const q: Query = { catalog, query, filters: new Map(), values };
  const { columns } = fieldsSql(q, table, table, parseSelect(query.get("select") ?? "*"), "");
  return `select coalesce(json_agg(row_to_json("_r")), '[]'::json)::text as body, count(*)::int as length from (select ${columns} from "_written" as ${id(table)}) as "_r"`;
}
