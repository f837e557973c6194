import { type Node, parsePlPgSQLSync, parseSync } from "libpg-query";
import { words } from "./nodes.ts";

/** What a DO block runs: parsed, with its line inside the block's text (from 1). */
interface Inner {
  node: Node;
  line: number;
}

// Stand for what `format` or a concatenation fills in.
const hole = "\u0001";

/** The text that `execute` is given, with holes; nothing where it is a mere variable. */
function template(node: Node | undefined): string {
  if (node === undefined) return hole;
  if ("A_Const" in node) return node.A_Const.sval?.sval ?? hole;
  if ("A_Expr" in node && words(node.A_Expr.name)[0] === "||")
    return template(node.A_Expr.lexpr) + template(node.A_Expr.rexpr);
  if ("FuncCall" in node && words(node.FuncCall.funcname).at(-1) === "format") {
    const text = template(node.FuncCall.args?.[0]);
    return text.replaceAll(/%(?:\d+\$)?(?:-?\d+)?([%IsL])/g, (_, kind: string) =>
      kind === "%" ? "%" : kind === "L" ? "'x'" : hole,
    );
  }
  return hole;
}

function parsed(sql: string): Node[] {
  try {
    return (parseSync(sql).stmts ?? []).flatMap(({ stmt }) => (stmt ? [stmt] : []));
  } catch {
    // PL/pgSQL's own words, or a guess that makes no sense: nothing can be said about it.
    return [];
  }
}

function executed(expression: string): string | undefined {
  const [select] = parsed(`select ${expression}`);
  const target = select && "SelectStmt" in select ? select.SelectStmt.targetList?.[0] : undefined;
  const text = target && "ResTarget" in target ? template(target.ResTarget.val) : hole;
  return text === hole ? undefined : text;
}

/**
 * Tables that a block's holes may stand for: those that it names as text; with a look into the catalogue and an
 * exclusion, or without any name, all others.
 */
function candidates(body: string, known: readonly string[]): string[] {
  const named = new Set([...body.matchAll(/'([a-z_][\w$]*(?:\.[a-z_][\w$]*)?)'/g)].map(([, name]) => name));
  const isNamed = (table: string) => named.has(table) || named.has(table.slice(table.indexOf(".") + 1));
  const chosen = known.filter(isNamed);
  if (!/\b(pg_tables|pg_class|tables)\b/.test(body)) return chosen;
  if (/\bnot\s+in\b|<>|!=/i.test(body)) return known.filter((table) => !isNamed(table));
  return chosen.length > 0 ? chosen : [...known];
}

function filled(text: string, table: string): string {
  const name = table.slice(table.indexOf(".") + 1);
  const quoted = table.replace(/^(.*?)\.(.*)$/, '"$1"."$2"');
  return text.replaceAll(`${hole}.${hole}`, quoted).replaceAll(hole, `"${name}"`);
}

/** Every statement object in PL/pgSQL's tree, whatever it stands in. */
function* plain(tree: unknown): Iterable<[string, Record<string, unknown>]> {
  if (typeof tree !== "object" || tree === null) return;
  for (const [key, value] of Object.entries(tree)) {
    if (key.startsWith("PLpgSQL_stmt_") && typeof value === "object" && value !== null)
      yield [key, value as Record<string, unknown>]; // a tree of JSON, for which the parser gives no types
    yield* plain(value);
  }
}

// The parser gives no types for PL/pgSQL's tree: this is where its shape is assumed.
const queryOf = (expression: unknown): string =>
  (expression as { PLpgSQL_expr?: { query?: string } } | undefined)?.PLpgSQL_expr?.query ?? "";

/**
 * What a DO block runs, as far as it can be read without running it. Conditions and loops are not followed; text
 * that is built of anything but literals, `format` and names of tables is passed over.
 */
export function insideBlock(sql: string, body: string, known: readonly string[]): Inner[] {
  let tree: unknown;
  try {
    tree = parsePlPgSQLSync(sql);
  } catch {
    return []; // another language, or a mistake that the database will name
  }
  return [...plain(tree)].flatMap(([kind, { lineno, sqlstmt, query }]) => {
    const line = typeof lineno === "number" ? lineno : 1;
    if (kind === "PLpgSQL_stmt_execsql") return parsed(queryOf(sqlstmt)).map((node) => ({ node, line }));
    const text = kind === "PLpgSQL_stmt_dynexecute" ? executed(queryOf(query)) : undefined;
    if (text === undefined) return [];
    const texts = text.includes(hole) ? candidates(body, known).map((table) => filled(text, table)) : [text];
    return texts.flatMap(parsed).map((node) => ({ node, line }));
  });
}
