import type { Catalog } from "./catalog.ts";
import { DataProblem } from "./problem.ts";
import type { Statement } from "./read.ts";
import { id, Values } from "./statement.ts";

/** A call of a function, and how its answer is shaped. */
export interface Call extends Statement {
  gives: "nothing" | "rows" | "row" | "value";
  writes: boolean;
}

/** `POST /rpc/name` with named arguments. */
export function callSql(catalog: Catalog, name: string, given: Record<string, unknown>): Call {
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
  const row = found.returnsRow ? `row_to_json("_f")` : `"_f"."_v"`;
  const from = found.returnsRow ? `${source}${call} as "_f"` : `${source}${call} as "_f"("_v")`;
  return {
    text: `select coalesce(json_agg(${row}), '[]'::json)::text as body, count(*)::int as length from ${from}`,
    values: values.list,
    gives,
    writes: found.writes,
  };
}
