import { loadModule } from "libpg-query";
import type { Migration } from "../migrations.ts";
import { lineOfByte, SqlSyntaxError, type Statement, statementsOf } from "../statements.ts";
import { insideBlock } from "./do-block.ts";
import { options, words } from "./nodes.ts";
import type { Step } from "./rule.ts";
import { applyStatement, emptySchema, type Schema } from "./schema.ts";

/** A migration that was read, or what is wrong with its text. */
interface Read {
  migration: Migration;
  statements: Statement[];
  broken?: SqlSyntaxError;
}

/** All migrations read: their steps, and the schema after the last one. */
export interface Reading {
  /** Migrations up to this version are applied already. */
  from: number;
  reads: Read[];
  /** Steps of pending migrations alone. */
  steps: Step[];
  schema: Schema;
}

async function read(migration: Migration): Promise<Read> {
  try {
    return { migration, statements: await statementsOf(migration.sql) };
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    return { migration, statements: [], broken: error };
  }
}

function stepsOf(migration: Migration, statement: Statement, known: readonly string[]): Step[] {
  const { node, line } = statement;
  const bytes = Buffer.from(migration.sql, "utf8");
  const lineAt = (location?: number) =>
    location === undefined || location < 0 ? line : lineOfByte(bytes, location);
  const itself = { migration, statement, node, lineAt };
  if (!("DoStmt" in node)) return [itself];
  const text = options(node.DoStmt.args).find(({ defname }) => defname === "as");
  const [body = ""] = text?.arg ? words([text.arg]) : [];
  const first = lineAt(text?.location);
  const inner = insideBlock(statement.sql, body, known);
  // Places inside are counted from the block's own text, so a line is all that is known of them.
  return inner.map((each) => ({
    migration,
    statement,
    node: each.node,
    lineAt: () => first + each.line - 1,
  }));
}

/** Reads migrations in their order; those above `from` are pending. */
export async function readSteps(migrations: readonly Migration[], from: number): Promise<Reading> {
  await loadModule();
  const reads = await Promise.all(migrations.map(read));
  const schema = emptySchema();
  const steps: Step[] = [];
  for (const { migration, statements } of reads)
    for (const statement of statements)
      for (const step of stepsOf(migration, statement, [...schema.tables.keys()])) {
        const pending = migration.version > from;
        applyStatement(schema, step.node, pending);
        if (pending) steps.push(step);
      }
  return { from, reads, steps, schema };
}
