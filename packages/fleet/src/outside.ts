import { Fault } from "@atoll/core/fault";
import { labelOf, type Migration } from "./migrations.ts";
import { sqlLiteral } from "./quote.ts";
import { type Patience, underLock } from "./script.ts";
import type { SqlSession } from "./session.ts";
import { statementsOf } from "./statements.ts";

const indexOf =
  /^\s*create\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?("[^"]+"|[\w$]+)\s+on\s+(?:only\s+)?(?:("[^"]+"|[\w$]+)\.)?/i;

/** "public.name" of the index that a statement builds beside the table's users; an index stands where its table does. */
export function concurrentIndex(sql: string): string | undefined {
  const [, name, schema = "public"] =
    indexOf.exec(sql.replace(/^(?:\s*(?:--[^\n]*\n|\/\*[\s\S]*?\*\/))+/, "")) ?? [];
  return name === undefined ? undefined : `${schema}.${name}`;
}

/**
 * Applies a migration outside of transactions, statement by statement. The ledger says before each one how far it came,
 * so that one which broke off is taken up there; an index that was left invalid is dropped and built anew.
 */
export async function applyOutside(
  session: SqlSession,
  migration: Migration,
  patience: Patience,
): Promise<void> {
  const { version, name, checksum, sql } = migration;
  const named = `${version}, ${sqlLiteral(name)}, '${checksum}'`;
  const note = async (done: number, problem?: string) => {
    const told = problem === undefined ? "null" : sqlLiteral(problem.slice(0, 1_000));
    const [row] = await session.query(
      underLock(`select public.note_migration(${named}, ${done}, ${told}) as done`, patience),
    );
    return Number(row?.done);
  };
  let done = await note(0);
  if (done < 0) return;
  const { lockTimeoutMs, statementTimeoutMs = 0 } = patience;
  if (session.lasting)
    await session.query(
      `select set_config('lock_timeout', '${lockTimeoutMs}ms', false), set_config('statement_timeout', '${statementTimeoutMs}ms', false)`,
    );
  const began = performance.now();
  for (const [index, statement] of (await statementsOf(sql)).entries()) {
    if (index < done) continue;
    try {
      const built = concurrentIndex(statement.sql);
      if (built === undefined || !(await isThere(session, built, migration)))
        await session.query(statement.sql);
    } catch (error) {
      const what = error instanceof Fault ? error.what : "Its statement did not end well.";
      await note(index, `Line ${statement.line}: ${what}`).catch(() => {}); // the ledger says "begun" anyhow
      throw error;
    }
    done = await note(index + 1);
  }
  const ms = Math.round(performance.now() - began);
  await session.query(underLock(`select public.register_migration(${named}, 'atoll', ${ms})`, patience));
}

/** True when the index stands there whole. One that a build left invalid is dropped; one that is being built is waited for. */
async function isThere(session: SqlSession, index: string, migration: Migration): Promise<boolean> {
  const [found] = await session.query(
    `select x.indisvalid as valid, exists (select from pg_catalog.pg_stat_progress_create_index p
       where p.index_relid = x.indexrelid) as building
     from pg_catalog.pg_index x where x.indexrelid = to_regclass(${sqlLiteral(index)})`,
  );
  if (found === undefined) return false;
  if (found.building === true)
    throw new Fault("try-again", {
      what: `${index} of ${labelOf(migration)} is still being built by a session that broke off.`,
      next: "Nothing: it is looked at again.",
    });
  if (found.valid === true) return true;
  await session.query(`drop index concurrently if exists ${index}`);
  return false;
}
