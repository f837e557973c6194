import type { Statement } from "../statements.ts";

/** A comment that silences a rule for one statement. */
interface Allowance {
  rule: string;
  line: number;
  reason: string;
}

const pattern = /--\s*atoll:\s*allow\s+([\w-]+)\s*:?\s*(.*)$/;

/** Comments `-- atoll: allow RULE: why` in the lines of a statement and in the comment directly above it. */
export function allowancesOf(sql: string, statement: Statement): Allowance[] {
  const lines = sql.split("\n");
  const isComment = (line: number) => (lines[line - 1] ?? "").trimStart().startsWith("--");
  let first = statement.line;
  while (first > 1 && isComment(first - 1)) first--;
  const last = statement.line + statement.sql.split("\n").length - 1;
  return lines.slice(first - 1, last).flatMap((text, index) => {
    const [, rule, reason = ""] = pattern.exec(text) ?? [];
    return rule === undefined ? [] : [{ rule, line: first + index, reason: reason.trim() }];
  });
}
