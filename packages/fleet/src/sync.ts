import type { Catalog } from "./catalog.ts";
import { labelOf, type Migration } from "./migrations.ts";
import { concurrentIndex } from "./outside.ts";
import { sqlLiteral } from "./quote.ts";
import { type Expected, provisionScript } from "./script.ts";
import { statementsOf } from "./statements.ts";

interface SyncOptions {
  /** The instance's id. */
  instance: string;
  slug: string;
  rehearsed: { catalogs: ReadonlyMap<number, Catalog>; serverMajor: number };
}

/**
 * A file for plain `psql` that does to a database what an update does, with the same ledger and the same look at the
 * catalog at the end. What must run outside of transactions stands between transactions there, too.
 */
export async function syncScript(
  migrations: readonly Migration[],
  { instance, slug, rehearsed }: SyncOptions,
): Promise<string> {
  const parts: string[] = [
    `-- Brings "${slug}" to version ${migrations.at(-1)?.version ?? 0}. Safe to run again: what is applied is left alone.`,
    '-- psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f THIS_FILE',
    "\\set ON_ERROR_STOP on",
  ];
  const before: Migration[] = [];
  for (const migration of migrations) {
    if (migration.transactional) before.push(migration);
    else {
      parts.push(inOne(provisionScript(before, { instance })), await outside(migration));
      before.push(migration);
    }
  }
  const catalog = rehearsed.catalogs.get(migrations.at(-1)?.version ?? 0);
  const expected: Expected | undefined = catalog && { catalog, serverMajor: rehearsed.serverMajor };
  parts.push(inOne(provisionScript(before, { instance, record: true, ...(expected && { expected }) })));
  return `${parts.join("\n")}\n`;
}

const inOne = (script: string) => `begin;\n${script}\ncommit;`;

/** Statement by statement, each only where the ledger does not say that it is done. */
async function outside(migration: Migration): Promise<string> {
  const { version, name, checksum, sql } = migration;
  const named = `${version}, ${sqlLiteral(name)}, '${checksum}'`;
  const lines = [`\n-- ${labelOf(migration)}, outside of transactions`];
  for (const [index, statement] of (await statementsOf(sql)).entries())
    lines.push(
      `select public.note_migration(${named}) between 0 and ${index} as do_it \\gset`,
      "\\if :do_it",
      ...statementLines(statement.sql),
      `select public.note_migration(${named}, ${index + 1});`,
      "\\endif",
    );
  lines.push(`select public.register_migration(${named}, 'atoll');\n`);
  return lines.join("\n");
}

/** A statement; of an index one that an earlier try left invalid is dropped first, and a whole one is left alone. */
function statementLines(sql: string): string[] {
  const statement = `${sql.replace(/;\s*$/, "")};`;
  const index = concurrentIndex(sql);
  if (index === undefined) return [statement];
  const its = `to_regclass(${sqlLiteral(index)})`;
  return [
    `select exists (select from pg_catalog.pg_index where indexrelid = ${its} and not indisvalid) as broken \\gset`,
    "\\if :broken",
    `drop index concurrently ${index};`,
    "\\endif",
    `select ${its} is null as missing \\gset`,
    "\\if :missing",
    statement,
    "\\endif",
  ];
}
