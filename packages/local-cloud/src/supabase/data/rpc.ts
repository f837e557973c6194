import type { Catalog } from "./catalog.ts";
import { DataProblem } from "./problem.ts";
import { type PageOptions, pageSql, type Statement } from "./read.ts";
import { id, Values } from "./statement.ts";

/** A call of a function, and how its answer is shaped. */
export interface Call extends Statement {
  gives: "nothing" | "rows" | "row" | "value";
}

/** `/rpc/name` with named arguments; rows that it gives are selected, filtered and ordered like a table's. */
export function callSql(
  catalog: Catalog,
  name: string,
  given: Record<string, unknown>,
  query: URLSearchParams,
  options: PageOptions,
): Call {
  const names = Object.keys(given);
  const found = catalog.functions
    .filter((each) => each.name === name)
    .find(
      ({ args }) =>
        names.every((arg) => args.some((each) => each.name === arg)) &&
        args.every((arg) => arg.hasDefault || names.includes(arg.name)),
    );
  if (found === undefined) {
    const list = names.length > 0 ? `(${names.toSorted().join(", ")})` : " without parameters";
    throw new DataProblem(
      404,
      "PGRST202",
      `Could not find the function public.${name}${list} in the schema cache`,
      {
        details: `Searched for the function public.${name} in the schema cache, but no matches were found.`,
      },
    );
  }
  const values = new Values();
  const args = found.args.filter((arg) => names.includes(arg.name));
  const call = `public.${id(name)}(${args.map((arg) => `${id(arg.name)} := "_a".${id(arg.name)}`).join(", ")})`;
  // The types are the catalog's own words, never the client's.
  const columns = args.map((arg) => `${id(arg.name)} ${arg.type}`).join(", ");
  const source =
    args.length === 0
      ? ""
      : `json_to_record(${values.add(JSON.stringify(given))}::json) as "_a"(${columns}), lateral `;
  const gives = found.returnsVoid
    ? "nothing"
    : found.returnsSet
      ? "rows"
      : found.returnsRow
        ? "row"
        : "value";
  if (found.returnsRow) {
    const rows = { from: `${source}${call} as "_f"`, alias: "_f", table: found.returnsTable ?? "" };
    return { ...pageSql(catalog, rows, query, options, values), gives };
  }
  return {
    text: `select coalesce(json_agg("_f"."_v"), '[]'::json)::text as body, count(*)::int as length from ${source}${call} as "_f"("_v")`,
    values: values.list,
    gives,
  };
}

/** What a GET's query string holds: arguments of a function of this name, and what is asked of its rows. */
export function argumentsIn(
  catalog: Catalog,
  name: string,
  query: URLSearchParams,
): { given: Record<string, string>; rest: URLSearchParams } {
  const known = new Set(
    catalog.functions.filter((each) => each.name === name).flatMap(({ args }) => args.map((arg) => arg.name)),
  );
  const entries = [...query];
  return {
    given: Object.fromEntries(entries.filter(([key]) => known.has(key))),
    rest: new URLSearchParams(entries.filter(([key]) => !known.has(key))),
  };
}
