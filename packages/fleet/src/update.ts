import { Fault, type FaultKind } from "@atoll/core/fault";
import { type Catalog, catalogChanges, fingerprintOf } from "./catalog.ts";
import { labelOf, type Migration } from "./migrations.ts";
import { applyOutside } from "./outside.ts";
import {
  aheadOfUs,
  anotherOwner,
  type Expected,
  notAsRehearsed,
  type Patience,
  provisionScript,
  schemaLock,
  standsOpen,
} from "./script.ts";
import { SqlFault, type SqlSession } from "./session.ts";
import { readDatabase } from "./state.ts";

/** What one database should be brought to, and how patiently. */
export interface UpdateJob {
  instance: string;
  /** All of the blueprint, in order. */
  migrations: readonly Migration[];
  /**
   * The catalog after each version as a rehearsal left it, at 0 with the ledger alone; the newest one is what the
   * database has to equal.
   */
  rehearsed?: { catalogs: ReadonlyMap<number, Catalog>; serverMajor: number };
  patience: Patience;
}

/** How a database is afterwards. */
export interface Updated {
  version: number;
  /** By the database's own clock, in milliseconds. */
  durationMs: number;
  /** Migrations whose objects stood there already and were entered in the ledger only. */
  baselined: string[];
}

// Two things of one name, a column or a constraint that is there, a policy, a schema, a function.
const alreadyThere = /^(42P07|42710|42701|42P06|42723|42P16)$/;

/**
 * Brings one database to the newest version and holds it against the rehearsal, in as few questions as it takes: one
 * where all that is pending runs in a transaction. What ran in one is never run twice, whatever broke off. Throws faults.
 */
export async function updateDatabase(session: SqlSession, job: UpdateJob): Promise<Updated> {
  try {
    if (job.migrations.every(({ transactional }) => transactional))
      return await apply(session, job, job.migrations, true);
    return await lockedAll(session, job, () => inParts(session, job));
  } catch (error) {
    throw inWords(error);
  }
}

/** Holds the schema's lock over several texts, where the session lasts; elsewhere the ledger's row says who is at it. */
async function lockedAll<T>(
  session: SqlSession,
  { patience }: UpdateJob,
  work: () => Promise<T>,
): Promise<T> {
  if (!session.lasting) return work();
  await session.query(`select set_config('lock_timeout', '${patience.lockTimeoutMs}ms', false)`);
  await session.query(`select pg_advisory_lock(${schemaLock})`);
  try {
    return await work();
  } finally {
    await session.query(`select pg_advisory_unlock(${schemaLock})`).catch(() => {}); // ends with its session, too
  }
}

/** What must run outside of transactions stands between parts that each run in one. */
async function inParts(session: SqlSession, job: UpdateJob): Promise<Updated> {
  const { state } = await readDatabase(session);
  // Where there is nothing yet, nobody is held up: all of it runs in one transaction.
  if (state === undefined || (state.version === 0 && state.unfinished.length === 0))
    return apply(session, job, job.migrations, true);
  let durationMs = 0;
  const part: Migration[] = [];
  for (const migration of job.migrations) {
    if (migration.transactional || state.checksums[migration.version] !== undefined) {
      part.push(migration);
      continue;
    }
    durationMs += (await apply(session, job, part, false)).durationMs;
    const began = performance.now();
    await applyOutside(session, migration, job.patience);
    durationMs += Math.round(performance.now() - began);
    part.push(migration);
  }
  const last = await apply(session, job, part, true);
  return { ...last, durationMs: durationMs + last.durationMs };
}

/** One text; where something stands in the way that it would make, once more for what is recognised as made by hand. */
async function apply(
  session: SqlSession,
  job: UpdateJob,
  migrations: readonly Migration[],
  isLast: boolean,
): Promise<Updated> {
  try {
    return await send(session, job, migrations, isLast, 0);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined || !alreadyThere.test(refusal.sqlState)) throw error;
    const upTo = await recognised(session, job, migrations);
    if (upTo === 0) throw conflict(refusal);
    return await send(session, job, migrations, isLast, upTo);
  }
}

async function send(
  session: SqlSession,
  job: UpdateJob,
  migrations: readonly Migration[],
  isLast: boolean,
  baseline: number,
): Promise<Updated> {
  const expected = isLast ? expectedOf(job) : undefined;
  const script = provisionScript(migrations, {
    instance: job.instance,
    patience: job.patience,
    baseline,
    ...(isLast && { record: true }),
    ...(expected && { expected }),
  });
  const [row] = await session.query(script);
  const newest = migrations.at(-1)?.version ?? 0;
  const version = Number(row?.version);
  if (version < newest || (isLast && version !== newest))
    throw new Fault("rejected", {
      what: `The database calls itself version ${version} after migration ${newest}.`,
      next: "Look at its table schema_version: somebody writes to it beside the migrations.",
    });
  return {
    version,
    durationMs: Number(row?.duration_ms),
    baselined: migrations.filter((each) => each.version <= baseline).map(labelOf),
  };
}

function expectedOf({ migrations, rehearsed }: UpdateJob): Expected | undefined {
  const catalog = rehearsed?.catalogs.get(migrations.at(-1)?.version ?? 0);
  return catalog && rehearsed && { catalog, serverMajor: rehearsed.serverMajor };
}

/** Up to which version the objects stand there just as the migrations make them; 0 = not that anybody could tell. */
async function recognised(
  session: SqlSession,
  { rehearsed }: UpdateJob,
  migrations: readonly Migration[],
): Promise<number> {
  if (rehearsed === undefined) return 0;
  const { state, catalog, serverMajor } = await readDatabase(session);
  if (serverMajor !== rehearsed.serverMajor) return 0;
  // The ledger and the vault stand in no database that was made by hand.
  const ledger = rehearsed.catalogs.get(0) ?? {};
  const withoutLedger = (all: Catalog) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => !(name in ledger)));
  const theirs = withoutLedger(catalog);
  const same = [...rehearsed.catalogs]
    .filter(([version]) => version > (state?.version ?? 0) && version <= (migrations.at(-1)?.version ?? 0))
    .map(([version, expected]) => ({ version, ours: withoutLedger(expected) }))
    .filter(({ ours }) => Object.keys(ours).length > 0 && catalogChanges(ours, theirs).length === 0)
    .toSorted((a, b) => a.version - b.version);
  const newest = same.at(-1);
  if (newest === undefined) return 0;
  // A migration of rows alone leaves the catalog as it was: nobody can tell that it ran, so it is run.
  return same.find(({ ours }) => fingerprintOf(ours) === fingerprintOf(newest.ours))?.version ?? 0;
}

function conflict(error: SqlFault): Fault {
  return new SqlFault(
    "rejected",
    {
      what: `Something stands in the way that a migration wants to make: ${error.what}`,
      next: "Look at it with `atoll schema drift`; rename or remove it, or make the database equal to a version, then go on.",
      sqlState: error.sqlState,
    },
    { cause: error },
  );
}

/** What the database itself answered, also where a session wrapped it. */
function refusalOf(error: unknown): SqlFault | undefined {
  if (error instanceof SqlFault) return error;
  return error instanceof Error && error.cause instanceof SqlFault ? error.cause : undefined;
}

/** Our own exceptions inside the script: how each begins, what it means and what to do. Nothing was changed by any. */
const exceptions: readonly [words: string, kind: FaultKind, next: string][] = [
  [anotherOwner, "not-ours", "Look up which instance its project belongs to; nothing was changed."],
  [
    aheadOfUs,
    "rejected",
    "Another hub, or a newer one, has brought it up: bring this hub's files up to date. Nothing was changed.",
  ],
  [
    standsOpen,
    "rejected",
    "Switch it on (`alter table … enable row level security`), or drop what somebody added, then go on. Nothing was changed.",
  ],
  [
    notAsRehearsed,
    "rejected",
    "Somebody changed this database by hand. Compare it with `atoll schema drift`, repair it, then go on. Nothing was changed.",
  ],
];

/** What the database refused, as a fault that says what to do. */
function inWords(error: unknown): unknown {
  if (!(error instanceof Fault)) return error;
  for (const [words, kind, next] of exceptions)
    if (error.what.includes(words))
      return new Fault(kind, { what: error.what.slice(error.what.indexOf(words)), next }, { cause: error });
  const sqlState = refusalOf(error)?.sqlState;
  if (sqlState === "55P03")
    return new SqlFault("try-again", {
      what: "Somebody else held a lock on a table that the migration changes.",
      next: "Nothing: it is tried again. Where it stays so, look for a long transaction in this database.",
      sqlState,
    });
  if (sqlState === "57014")
    return new SqlFault("try-again", {
      what: "The migration took longer than its statement timeout.",
      next: "It is tried again. Where it stays so, raise the statement timeout, or split the migration.",
      sqlState,
    });
  return error;
}
