import pg from "pg";
import { type Condition, operators, splitList, unquote } from "./filter.ts";
import { DataProblem } from "./problem.ts";
import type { JsonStep } from "./select.ts";

/** Collects the values of a statement; every value that a client sent becomes a parameter. */
export class Values {
  readonly list: unknown[] = [];

  add(value: unknown): string {
    this.list.push(value);
    return `$${this.list.length}`;
  }
}

/** An identifier, always quoted. */
export const id = (name: string): string => pg.escapeIdentifier(name);

/** A column under an alias, with its path into JSON. */
export function columnSql(alias: string, name: string, path: readonly JsonStep[]): string {
  const start = `${id(alias)}.${id(name)}`;
  return path.reduce((sql, { key, asText }) => {
    const index = /^-?\d+$/.test(key) ? key : pg.escapeLiteral(key);
    return `${sql}${asText ? "->>" : "->"}${index}`;
  }, start);
}

function pathOf(column: string): { name: string; path: JsonStep[] } {
  const [name = "", ...rest] = column.split(/(->>|->)/);
  const path: JsonStep[] = [];
  for (let at = 0; at + 1 < rest.length; at += 2)
    path.push({ key: rest[at + 1] ?? "", asText: rest[at] === "->>" });
  return { name, path };
}

const isValues: Record<string, string> = {
  null: "null",
  not_null: "not null",
  true: "true",
  false: "false",
  unknown: "unknown",
};

/** A condition as SQL on the table that stands under `alias`. */
export function conditionSql(alias: string, condition: Condition, values: Values): string {
  if (condition.is === "logic") {
    const parts = condition.parts.map((part) => conditionSql(alias, part, values));
    return `${condition.not ? "not " : ""}(${parts.join(` ${condition.join} `)})`;
  }
  const { operator, value, not, quantifier } = condition;
  const { name, path } = pathOf(condition.column);
  const column = columnSql(alias, name, path);
  const negated = (sql: string) => (not ? `not (${sql})` : sql);
  const sign = operators[operator] ?? "=";
  if (operator === "is") {
    const word = isValues[value.toLowerCase()];
    if (word === undefined)
      throw new DataProblem(400, "PGRST100", `"failed to parse filter (is.${value})" (line 1, column 4)`);
    return negated(`${column} is ${word}`);
  }
  if (operator === "in") {
    if (!/^\([\s\S]*\)$/.test(value))
      throw new DataProblem(400, "PGRST100", `"failed to parse filter (in.${value})" (line 1, column 4)`);
    const inside = value.slice(1, -1);
    return negated(`${column} = any(${values.add(inside === "" ? [] : splitList(inside).map(unquote))})`);
  }
  if (sign.endsWith("tsquery"))
    return negated(`to_tsvector(${column}::text) @@ ${sign}(${values.add(value)})`);
  const pattern = operator.endsWith("like") ? value.replaceAll("*", "%") : value;
  if (quantifier !== undefined) {
    const list = splitList(pattern.replace(/^\{|\}$/g, "")).map(unquote);
    return negated(`${column} ${sign} ${quantifier}(${values.add(list)})`);
  }
  return negated(`${column} ${sign} ${values.add(pattern)}`);
}

/** `order=a.desc.nullslast,b` as SQL; empty when nothing is asked for. */
export function orderSql(alias: string, text: string | null): string {
  if (!text) return "";
  const parts = splitList(text).map((part) => {
    const found = /^(.+?)(?:\.(asc|desc))?(?:\.(nullsfirst|nullslast))?$/.exec(part);
    const { name, path } = pathOf(found?.[1] ?? part);
    const nulls = found?.[3] === undefined ? "" : found[3] === "nullsfirst" ? " nulls first" : " nulls last";
    return `${columnSql(alias, name, path)} ${found?.[2] ?? "asc"}${nulls}`;
  });
  return ` order by ${parts.join(", ")}`;
}

/** A whole number from a query string, as SQL; undefined when it is not given. */
export function wholeNumber(name: string, text: string | null): number | undefined {
  if (text === null || text === "") return undefined;
  if (!/^\d{1,9}$/.test(text))
    throw new DataProblem(
      400,
      "PGRST100",
      `"failed to parse ${name} parameter (${text})" (line 1, column 1)`,
    );
  return Number(text);
}
