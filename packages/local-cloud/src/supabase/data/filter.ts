import { DataProblem } from "./problem.ts";

/** A condition on rows: one comparison, or several joined by and/or. */
export type Condition =
  | {
      is: "compare";
      column: string;
      operator: string;
      value: string;
      quantifier?: "any" | "all";
      not: boolean;
    }
  | { is: "logic"; join: "and" | "or"; not: boolean; parts: Condition[] };

/** Names in a query string that are no filters. */
const reserved = new Set([
  "select",
  "order",
  "limit",
  "offset",
  "columns",
  "on_conflict",
  "and",
  "or",
  "not.and",
  "not.or",
]);

/** Operators by their name in the query string, with the SQL they stand for. */
export const operators: Record<string, string> = {
  eq: "=",
  neq: "<>",
  gt: ">",
  gte: ">=",
  lt: "<",
  lte: "<=",
  like: "like",
  ilike: "ilike",
  match: "~",
  imatch: "~*",
  is: "is",
  isdistinct: "is distinct from",
  in: "in",
  cs: "@>",
  cd: "<@",
  ov: "&&",
  sl: "<<",
  sr: ">>",
  nxr: "&<",
  nxl: "&>",
  adj: "-|-",
  fts: "to_tsquery",
  plfts: "plainto_tsquery",
  phfts: "phraseto_tsquery",
  wfts: "websearch_to_tsquery",
};

const unreadable = (text: string) =>
  new DataProblem(400, "PGRST100", `"failed to parse filter (${text})" (line 1, column 1)`, {
    details: `unexpected filter "${text}"`,
  });

/** `not.eq.5`, `like(any).{a,b}`, `in.(1,2)` for one column. */
function comparison(column: string, text: string): Condition {
  const not = text.startsWith("not.");
  const rest = not ? text.slice(4) : text;
  const found = /^([a-z]+)(?:\((any|all|[a-z_]+)\))?\.([\s\S]*)$/.exec(rest);
  const operator = found?.[1] ?? "";
  if (found === null || operators[operator] === undefined) throw unreadable(text);
  const quantifier = found[2] === "any" || found[2] === "all" ? found[2] : undefined;
  return {
    is: "compare",
    column,
    operator,
    value: found[3] ?? "",
    not,
    ...(quantifier === undefined ? {} : { quantifier }),
  };
}

/** Splits at commas that stand outside of parentheses, braces and quotes. */
export function splitList(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let current = "";
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? "";
    if (quoted && sign === "\\") {
      current += sign + (text[++at] ?? "");
      continue;
    }
    if (sign === '"') quoted = !quoted;
    if (!quoted && (sign === "(" || sign === "{" || sign === "[")) depth += 1;
    if (!quoted && (sign === ")" || sign === "}" || sign === "]")) depth -= 1;
    if (sign === "," && depth === 0 && !quoted) {
      parts.push(current);
      current = "";
    } else current += sign;
  }
  return [...parts, current];
}

/** A value without its quotes and their escapes. */
export function unquote(text: string): string {
  return /^".*"$/s.test(text) ? text.slice(1, -1).replace(/\\(.)/gs, "$1") : text;
}

/** `(a.eq.1,or(b.gt.2,c.is.null))` after `and=`, `or=` and their negations. */
function logic(join: "and" | "or", not: boolean, text: string): Condition {
  if (!text.startsWith("(") || !text.endsWith(")")) throw unreadable(text);
  const parts = splitList(text.slice(1, -1)).map((part) => {
    const nested = /^(not\.)?(and|or)(\([\s\S]*\))$/.exec(part);
    if (nested) return logic(nested[2] === "or" ? "or" : "and", nested[1] !== undefined, nested[3] ?? "");
    const dot = part.indexOf(".");
    if (dot < 1) throw unreadable(part);
    return comparison(unquote(part.slice(0, dot)), part.slice(dot + 1));
  });
  return { is: "logic", join, not, parts };
}

/**
 * All conditions of a query string, by the embedded table that they are for ("" = the table itself):
 * `companies.name=eq.x` filters the embedded companies.
 */
export function parseFilters(query: URLSearchParams): Map<string, Condition[]> {
  const found = new Map<string, Condition[]>();
  const add = (path: string, condition: Condition) =>
    found.set(path, [...(found.get(path) ?? []), condition]);
  for (const [key, value] of query) {
    const own = /^(?:(.+)\.)?(not\.)?(and|or)$/.exec(key);
    if (own) {
      add(own[1] ?? "", logic(own[3] === "or" ? "or" : "and", own[2] !== undefined, value));
      continue;
    }
    const dot = key.lastIndexOf(".");
    const last = key.slice(dot + 1);
    if (reserved.has(key) || (dot > 0 && reserved.has(last))) continue;
    const inJson = key.includes("->");
    const path = dot > 0 && !inJson ? key.slice(0, dot) : "";
    add(path, comparison(inJson ? key : last, value));
  }
  return found;
}
