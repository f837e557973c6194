import { Fault } from "@atoll/core/fault";
import type { Definitions } from "../catalog/definitions.ts";
import { driftOf, repairSql } from "../catalog/drift.ts";
import { definitionsQuery } from "../catalog/query.ts";
import { type Catalog, catalogQuery } from "../catalog.ts";
import { labelOf, type Migration, transactionalSql } from "../migrations.ts";
import { applyOutside } from "../outside.ts";
import { dollarQuoted, sqlLiteral } from "../quote.ts";
import { ledger, provisionScript } from "../script.ts";
import type { SqlSession } from "../session.ts";
import { updateDatabase } from "../update.ts";

/** One migration on the scratch database. */
interface RehearsedStep {
  migration: string;
  ok: boolean;
  durationMs: number;
  /** What it met. */
  what?: string;
}

/** What a rehearsal found. */
export interface Rehearsed {
  ok: boolean;
  steps: RehearsedStep[];
  /** The catalog after each version, at 0 with the ledger and the vault alone. */
  catalogs: ReadonlyMap<number, Catalog>;
  /** After the newest; undefined when it did not come so far. */
  definitions?: Definitions;
  problem?: { what: string; next: string };
}

interface RehearseOptions {
  /** A real instance: the scratch database gets its version and everything in its catalog, changes by hand included. */
  like?: { version: number; definitions: Definitions };
}

const instance = "rehearsal00000000000";
const patience = { lockTimeoutMs: 15_000, statementTimeoutMs: 300_000 };

/**
 * Runs migrations one by one on an empty scratch database, and looks at what each leaves. The session must be a lasting
 * one, and is not closed.
 */
export async function rehearse(
  session: SqlSession,
  migrations: readonly Migration[],
  { like }: RehearseOptions = {},
): Promise<Rehearsed> {
  if (!session.lasting)
    throw new Error("A rehearsal needs a session that lasts: it takes back what it tries.");
  const steps: RehearsedStep[] = [];
  const catalogs = new Map<number, Catalog>();
  const upTo = (last: number) => migrations.filter(({ version }) => version <= last);
  const problem = (what: string, next: string): Rehearsed => ({
    ok: false,
    steps,
    catalogs,
    problem: { what, next },
  });

  if (like === undefined) await session.query(ledger);
  else {
    await updateDatabase(session, { instance, migrations: upTo(like.version), patience });
    const copied = await likeIt(session, await definitionsOf(session), like.definitions);
    if (copied !== undefined)
      return problem(
        `The instance's catalog could not be copied: ${copied}`,
        "Rehearse without --like, and compare it with `atoll schema drift`.",
      );
  }
  const began = like?.version ?? 0;
  catalogs.set(began, await finished(session, upTo(began)));
  for (const migration of migrations.filter(({ version }) => version > began)) {
    const step = await stepOf(session, migration, async () => {
      catalogs.set(migration.version, await finished(session, upTo(migration.version)));
    });
    steps.push(step);
    if (!step.ok)
      return problem(
        `${step.migration} did not pass its rehearsal: ${step.what}`,
        like === undefined
          ? "Correct the migration; nothing was touched but a scratch database."
          : "Something in this instance stands in its way: compare it with `atoll schema drift`, or change the migration.",
      );
  }
  await session.query(provisionScript(migrations, { instance }));
  return { ok: true, steps, catalogs, definitions: await definitionsOf(session) };
}

async function definitionsOf(session: SqlSession): Promise<Definitions> {
  const [row] = await session.query(`select ${definitionsQuery} as definitions`);
  return row?.definitions as Definitions; // as the query gives it
}

/**
 * The catalog of an instance of this version, with the vault behind its migrations. What that adds is taken back:
 * later migrations of a blueprint may make parts of it themselves.
 */
async function finished(session: SqlSession, migrations: readonly Migration[]): Promise<Catalog> {
  await session.query("begin");
  try {
    await session.query(provisionScript(migrations, { instance }));
    const [row] = await session.query(`select ${catalogQuery} as catalog`);
    return row?.catalog as Catalog; // as the query gives it
  } finally {
    await session.query("rollback");
  }
}

/** Applies one migration as an instance would, without the vault behind it, and then lets `look` at what it left. */
async function stepOf(
  session: SqlSession,
  migration: Migration,
  look: () => Promise<void>,
): Promise<RehearsedStep> {
  const { version, name, checksum } = migration;
  const began = performance.now();
  const took = () => ({ migration: labelOf(migration), durationMs: Math.round(performance.now() - began) });
  try {
    if (migration.transactional)
      await session.query(
        `do ${dollarQuoted(`begin execute ${dollarQuoted(transactionalSql(migration), "migration")}; end`, "apply")};
select public.register_migration(${version}, ${sqlLiteral(name)}, '${checksum}', 'atoll');`,
      );
    else await applyOutside(session, migration, patience);
    const step = { ...took(), ok: true };
    await look();
    return step;
  } catch (error) {
    return { ...took(), ok: false, what: error instanceof Fault ? error.what : String(error) };
  }
}

// They name roles, extensions and rights of a server that is not this one; no migration stumbles over those.
const ofTheServer = /^(owner|grants|default privileges|extension|publication|event trigger) /;

/** Gives the scratch database what the instance has beside its migrations. Gives what stood in the way. */
async function likeIt(
  session: SqlSession,
  scratch: Definitions,
  instanceHas: Definitions,
): Promise<string | undefined> {
  // Other owners' names mean nothing here.
  const differences = driftOf(instanceHas, scratch, { emptied: true }).filter(
    ({ path }) => !path.startsWith("owner "),
  );
  if (differences.length === 0) return undefined;
  const whole = await attempt(session, repairSql(differences));
  if (whole === undefined) return undefined;
  for (const difference of differences) {
    const wrong = await attempt(session, repairSql([difference]));
    if (wrong !== undefined && !ofTheServer.test(difference.path)) return `${difference.path}: ${wrong}`;
  }
  return undefined;
}

async function attempt(session: SqlSession, sql: string): Promise<string | undefined> {
  try {
    if (sql !== "") await session.query(sql);
    return undefined;
  } catch (error) {
    return error instanceof Fault ? error.what : String(error);
  }
}
