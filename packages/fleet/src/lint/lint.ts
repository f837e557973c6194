import { labelOf, type Migration } from "../migrations.ts";
import { lineOfByte, type Statement } from "../statements.ts";
import { allowancesOf } from "./allow.ts";
import type { Rule, RuleWords } from "./rule.ts";
import { dataRules } from "./rules/data.ts";
import { keyRules } from "./rules/keys.ts";
import { lockRules } from "./rules/locks.ts";
import { objectRules } from "./rules/objects.ts";
import { rightsRules } from "./rules/rights.ts";
import { sessionRules } from "./rules/session.ts";
import { runSquawk, type SquawkFinding, squawkProgram } from "./squawk.ts";
import { lessExact, squawkRules } from "./squawk-rules.ts";
import { type Reading, readSteps } from "./steps.ts";
import { tablesOf, touchesFreshOnly } from "./targets.ts";

/** One thing in a migration that a person has to look at. */
export interface LintFinding {
  rule: string;
  /** "0003_indexes". */
  migration: string;
  /** From 1, in the migration's file. */
  line: number;
  /** An error keeps a blueprint's version from being rolled out; a warning is shown. */
  severity: "error" | "warning";
  what: string;
  next: string;
}

/** A finding before it is known whether a comment allows it. */
interface Raw extends LintFinding {
  of: Migration;
  statement?: Statement;
}

interface Options {
  /** Only migrations above this version are judged; 0 judges all, as on an empty database. */
  from?: number;
  /** Path of squawk's program; otherwise the installed one. */
  squawk?: string;
}

const rules: readonly Rule[] = [
  ...rightsRules,
  ...objectRules,
  ...dataRules,
  ...keyRules,
  ...lockRules,
  ...sessionRules,
];

function raw(words: RuleWords, of: Migration, statement: Statement, line: number, about: string): Raw {
  const { name: rule, severity, next } = words;
  return { rule, severity, next, what: words.what(about), migration: labelOf(of), line, of, statement };
}

function ownFindings({ steps, schema }: Reading): Raw[] {
  return steps.flatMap((step, index) =>
    rules.flatMap((rule) =>
      [...rule.find(step, schema, steps.slice(0, index))].map(({ line, about }) =>
        raw(rule, step.migration, step.statement, line, about),
      ),
    ),
  );
}

function brokenFindings({ reads, from }: Reading): Raw[] {
  return reads.flatMap(({ migration: of, broken }) =>
    broken === undefined || of.version <= from
      ? []
      : {
          rule: "syntax-error",
          severity: "error",
          what: `PostgreSQL cannot read this migration: ${broken.problem}.`,
          next: "Correct the SQL; nothing else in this file was looked at.",
          migration: labelOf(of),
          line: broken.line,
          of,
        },
  );
}

function unavailable(of: Migration, line: number, why: string): Raw {
  return {
    rule: "squawk-unavailable",
    severity: "warning",
    what: `${why}, so its rules about locks, renames and rewrites were not asked.`,
    next: "Lint on a platform that squawk-cli supports (Linux, macOS or Windows; install with optional packages), or look for these by hand.",
    migration: labelOf(of),
    line,
    of,
  };
}

// Made before the migrations. On an empty database they hold a few rows and nobody waits for them.
const ledgerTables = ["public.instance_config", "public.schema_migrations", "public.schema_version"];

/** squawk's finding in our words; undefined for rules we do not take, and for tables that nobody uses yet. */
function translated(found: SquawkFinding, reading: Reading): Raw | undefined {
  const { migration: of, line, column, rule } = found;
  const { reads, schema } = reading;
  if (rule === "syntax-error") return unavailable(of, line, "squawk cannot read this migration");
  const words = squawkRules.find(({ name }) => name === rule);
  const bytes = Buffer.from(of.sql, "utf8");
  const statements = reads.find(({ migration }) => migration === of)?.statements ?? [];
  const statement = statements.findLast(({ startByte }) => {
    const at = lineOfByte(bytes, startByte);
    const inLine = startByte - (bytes.lastIndexOf(10, startByte - 1) + 1);
    return at < line || (at === line && inLine <= column);
  });
  if (words === undefined || statement === undefined) return undefined;
  if (touchesFreshOnly(statement.node, schema, reading.from === 0 ? ledgerTables : [])) return undefined;
  const [table] = tablesOf(statement.node, schema);
  return raw(words, of, statement, line, table ? `Table ${table}` : "This");
}

async function squawkFindings(reading: Reading, program = squawkProgram()): Promise<Raw[]> {
  const pending = reading.reads
    .filter(({ migration, broken }) => migration.version > reading.from && !broken)
    .map(({ migration }) => migration);
  const [first] = pending;
  if (first === undefined) return [];
  try {
    if (program === undefined)
      return [unavailable(first, 1, `squawk has no program for ${process.platform}-${process.arch}`)];
    const found = await runSquawk(program, pending);
    return found.flatMap((each) => translated(each, reading) ?? []);
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
    return [unavailable(first, 1, `squawk did not run (${why})`)];
  }
}

/** One finding for each rule and line; the less exact of two that say the same goes. */
function distinct(all: readonly Raw[]): Raw[] {
  const seen = new Set<string>();
  return all.filter(({ rule, of, line, statement, what }) => {
    const better = lessExact[rule] ?? [];
    if (all.some((other) => statement && other.statement === statement && better.includes(other.rule)))
      return false;
    const key = `${rule} ${of.version} ${line} ${what}`;
    return !seen.has(key) && seen.add(key);
  });
}

function withoutReason({ reads, from }: Reading): Raw[] {
  const pending = reads.filter(({ migration }) => migration.version > from);
  return pending.flatMap(({ migration: of, statements }) =>
    statements.flatMap((statement) =>
      allowancesOf(of.sql, statement)
        .filter(({ reason }) => reason === "")
        .map(({ rule, line }) => ({
          rule: "allow-without-reason",
          severity: "error" as const,
          what: `Rule ${rule} is to be silent here, and nobody says why; so it is not.`,
          next: `Write the reason: \`-- atoll: allow ${rule}: why\`.`,
          migration: labelOf(of),
          line,
          of,
        })),
    ),
  );
}

function isAllowed({ rule, of, statement }: Raw): boolean {
  if (statement === undefined) return false;
  return allowancesOf(of.sql, statement).some((each) => each.rule === rule && each.reason !== "");
}

/**
 * Reads migrations as PostgreSQL does and names what is dangerous in the pending ones; earlier ones are read so that
 * rules know which tables exist and hold data. Sorted by migration and line.
 */
export async function lintMigrations(
  migrations: readonly Migration[],
  { from = 0, squawk }: Options = {},
): Promise<LintFinding[]> {
  const reading = await readSteps(migrations, from);
  const all = [
    ...brokenFindings(reading),
    ...ownFindings(reading),
    ...(await squawkFindings(reading, squawk)),
  ];
  return [...distinct(all).filter((each) => !isAllowed(each)), ...withoutReason(reading)]
    .sort((a, b) => a.of.version - b.of.version || a.line - b.line)
    .map(({ rule, migration, line, severity, what, next }) => ({
      rule,
      migration,
      line,
      severity,
      what,
      next,
    }));
}
