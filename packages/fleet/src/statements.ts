import { hasSqlDetails, type Node, parse } from "libpg-query";

/** One statement of a text, as PostgreSQL's own parser cuts it. */
export interface Statement {
  /** Without the semicolon, and without comments before it. */
  sql: string;
  /** Where it begins in the whole text, from 1. */
  line: number;
  node: Node;
  /** Where it begins and ends in the whole text, in bytes of UTF-8: the unit of every `location` in `node`. */
  startByte: number;
  endByte: number;
}

/** A text that PostgreSQL would not read; the message names the line. */
export class SqlSyntaxError extends Error {
  override name = "SqlSyntaxError";
  readonly line: number;
  readonly problem: string;

  constructor(line: number, problem: string) {
    super(`Line ${line}: ${problem}.`);
    this.line = line;
    this.problem = problem;
  }
}

/** The line (from 1) on which a byte of the text stands. */
export function lineOfByte(bytes: Buffer, byte: number): number {
  let line = 1;
  for (let at = bytes.indexOf(10); at !== -1 && at < byte; at = bytes.indexOf(10, at + 1)) line++;
  return line;
}

function syntaxError(sql: string, error: unknown): unknown {
  if (!hasSqlDetails(error)) return error;
  // The parser counts characters here (an emoji is one), and bytes everywhere else.
  const before = Array.from(sql).slice(0, error.sqlDetails?.cursorPosition ?? 0);
  return new SqlSyntaxError(before.filter((letter) => letter === "\n").length + 1, error.message);
}

/** Cuts a text into its statements exactly as the server would; throws `SqlSyntaxError` for what it cannot read. */
export async function statementsOf(sql: string): Promise<Statement[]> {
  if (sql.trim() === "") return [];
  const { stmts = [] } = await parse(sql).catch((error: unknown) => {
    throw syntaxError(sql, error);
  });
  const bytes = Buffer.from(sql, "utf8");
  return stmts.flatMap(({ stmt, stmt_location: startByte = 0, stmt_len: length }) => {
    if (stmt === undefined) return [];
    // Only the last statement has no length: it reaches to the end.
    const endByte = length ? startByte + length : bytes.length;
    const text = bytes.toString("utf8", startByte, endByte).trimEnd();
    return [{ sql: text, line: lineOfByte(bytes, startByte), node: stmt, startByte, endByte }];
  });
}
