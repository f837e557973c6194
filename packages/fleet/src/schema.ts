import type { Change } from "@atoll/core/change";
import { Fault } from "@atoll/core/fault";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import { labelOf, type Migration } from "./migrations.ts";
import { anotherOwner, ledgerChecksum, provisionScript, seedChecksum } from "./script.ts";
import { DatabaseGone, type SqlSession } from "./session.ts";
import { readState, type SchemaState } from "./state.ts";

// --- types

/** What an instance's database should hold. */
export interface SchemaIn {
  migrations: readonly Migration[];
  /** SQL that fills in the first rows, safe to repeat, with quoted literals (`sqlLiteral`). */
  seed?: string;
}

/** What the database says of its schema. */
export type SchemaAttrs = SchemaState;

interface SchemaOptions {
  /** Opens the database that `at.within` names; `at.access` is its password. */
  connect(at: Address): Promise<SqlSession>;
}

/** The schema of one instance: all pending migrations are applied in one transaction, and no table stands open. */
export function schema(options: SchemaOptions): Resource<SchemaIn, SchemaAttrs> {
  async function using<T>(at: Address, work: (session: SqlSession) => Promise<T>): Promise<T> {
    const session = await options.connect(at);
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  }

  // --- observe

  async function observe(at: Address): Promise<Observed<SchemaAttrs>> {
    try {
      const found = await using(at, readState);
      if (!found) return { is: "absent" };
      const owner = found.owner === at.instance ? "us" : "other";
      return { is: "present", id: home(at), owner, attrs: found.state };
    } catch (error) {
      if (error instanceof DatabaseGone) return { is: "absent" };
      throw error;
    }
  }

  return {
    kind: "postgres.schema",
    lostCreate: "find-by-name",
    removal: "with-parent",
    observe,
    compare,

    // --- apply

    async apply({ at, want, live }) {
      if (live) refuseRewritten(want, live);
      if (live) refuseChanged(live);
      const pending = want.migrations.some(({ version }) => live?.checksums[version] === undefined);
      const record = pending || live?.catalog.recorded !== true || live.ledger !== ledgerChecksum;
      const seed = want.seed === undefined ? {} : { seed: want.seed };
      const repair = (live?.tablesWithoutRls.length ?? 0) > 0;
      const script = provisionScript(want.migrations, { instance: at.instance, repair, record, ...seed });
      try {
        await using(at, (session) => session.query(script));
      } catch (error) {
        throw error instanceof Error && error.message.includes(anotherOwner) ? notOurs(at, error) : error;
      }
      return home(at);
    },

    // --- remove

    async remove() {
      // Ends with its database; the engine does not ask for it.
    },

    // --- probe

    async probe(live) {
      const newest = Math.max(0, ...Object.keys(live.checksums).map(Number));
      return [
        ...live.catalog.changes.map(({ path, act }) => `${path} was ${deeds[act]} by hand.`),
        ...live.tablesWithoutRls.map(
          (table) => `Everybody who may reach table ${table} sees all of it: row level security is off.`,
        ),
        ...(live.version === newest
          ? []
          : [`The database calls itself version ${live.version}, but its newest migration is ${newest}.`]),
      ];
    },
  };
}

function home(at: Address): string {
  if (at.within === undefined) throw new Error("postgres.schema needs `within`: the database's project");
  return at.within;
}

function compare(want: SchemaIn, live: SchemaAttrs): Change[] {
  const changes: Change[] = [];
  for (const migration of want.migrations) {
    const path = `migrations.${labelOf(migration)}`;
    const applied = live.checksums[migration.version];
    if (applied === undefined) changes.push({ path, act: "create", to: "applied" });
    else if (applied !== migration.checksum)
      changes.push({ path, act: "update", from: applied.slice(0, 12), to: migration.checksum.slice(0, 12) });
  }
  if (live.ledger !== ledgerChecksum) {
    const to = ledgerChecksum.slice(0, 12);
    changes.push(
      live.ledger === null
        ? { path: "ledger", act: "create", to }
        : { path: "ledger", act: "update", from: live.ledger.slice(0, 12), to },
    );
  }
  if (want.seed !== undefined && live.seed !== seedChecksum(want.seed))
    changes.push({ path: "answers", act: "update", to: "as they are now, where nobody changed them here" });
  for (const table of live.tablesWithoutRls)
    changes.push({ path: `tables.${table}.rowSecurity`, act: "update", from: "off", to: "on" });
  if (!live.catalog.recorded) changes.push({ path: "catalog", act: "create", to: "recorded" });
  return [...changes, ...live.catalog.changes];
}

/** Between our look and our write somebody else's schema came; the transaction left it as it is. */
function notOurs(at: Address, cause: Error): Fault {
  const details = {
    what: `The database of project ${home(at)} belongs to another instance.`,
    next: "Give this instance a project of its own, then retry the run.",
  };
  return new Fault("not-ours", details, { cause });
}

const deeds: Record<Change["act"], string> = {
  create: "removed",
  update: "changed",
  replace: "changed",
  remove: "added",
};

/** Nobody knows whether a change by hand was meant; a migration over it would make it look as if it were ours. */
function refuseChanged(live: SchemaAttrs): void {
  const { changes } = live.catalog;
  if (changes.length === 0) return;
  const named = changes.slice(0, 5).map(({ path, act }) => `${path} (${deeds[act]})`);
  throw new Fault("rejected", {
    what: `The schema was changed by hand: ${named.join(", ")}${changes.length > 5 ? ` and ${changes.length - 5} more` : ""}.`,
    next: "Put it back by SQL as the blueprint's migrations have it, or make the change a migration, then retry the run.",
    field: "schema",
  });
}

function refuseRewritten(want: SchemaIn, live: SchemaAttrs): void {
  const rewritten = want.migrations.filter(({ version, checksum }) => {
    const applied = live.checksums[version];
    return applied !== undefined && applied !== checksum;
  });
  if (rewritten.length === 0) return;
  throw new Fault("rejected", {
    what: `${rewritten.map(labelOf).join(", ")} was changed after it had been applied.`,
    next: "Restore the file as it was and put the change into a new migration, then retry the run.",
    field: "migrations",
  });
}
