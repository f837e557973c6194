import { Fault } from "@atoll/core/fault";
import { type Catalog, catalogChanges } from "@atoll/fleet/catalog";
import { DatabaseGone } from "@atoll/fleet/session";
import { readDatabase } from "@atoll/fleet/state";
import type { Store } from "../store/store.ts";
import type { Databases } from "./databases.ts";
import { inPool } from "./pool.ts";
import type { Expectation } from "./rehearsals.ts";
import { type Known, noteSeen, reportOf, type Seen } from "./states.ts";

const atOnce = 16;

interface LookOptions {
  store: Store;
  databases(environment: string): Databases;
  /** What a blueprint's schema should be; undefined where nobody can tell now. */
  expected(blueprint: string): Promise<Expectation | undefined>;
}

/** Looks at each database with one question and writes down what it said. One that cannot be looked at is noted so. */
export async function lookAt(instances: readonly Known[], options: LookOptions): Promise<Map<string, Seen>> {
  const { store, databases, expected } = options;
  const seen = new Map<string, Seen>();
  await inPool(instances, atOnce, async (instance) => {
    const found = await lookAtOne(
      instance,
      () => databases(instance.environment),
      await expected(instance.blueprint),
    );
    seen.set(instance.id, found);
    await noteSeen(store, instance.id, found);
  });
  return seen;
}

async function lookAtOne(
  instance: Known,
  databases: () => Databases,
  expectation: Expectation | undefined,
): Promise<Seen> {
  try {
    const session = await databases().open(instance.slug);
    try {
      const { state, owner, catalog, serverMajor } = await readDatabase(session);
      if (state === undefined)
        return {
          problem: {
            kind: "rejected",
            what: "The database has no ledger: no schema was applied, or somebody dropped it.",
            next: `Bring it up with \`atoll schema update ${instance.slug}\`; what stands there already is recognised.`,
          },
        };
      if (owner !== undefined && owner !== instance.id)
        return {
          problem: {
            kind: "not-ours",
            what: "The database carries the mark of another instance.",
            next: "Look up which instance its project belongs to.",
          },
        };
      const asRehearsed =
        expectation?.serverMajor === serverMajor ? expectation.catalogs.get(state.version) : undefined;
      const changes =
        asRehearsed === undefined
          ? state.catalog.changes
          : catalogChanges(asRehearsed, catalog satisfies Catalog);
      const unfinished = state.unfinished.map(({ version, state: how }) => `migration ${version}: ${how}`);
      return { version: state.version, drift: [...unfinished, ...changes.map(({ path }) => path)] };
    } finally {
      await session.close();
    }
  } catch (error) {
    if (error instanceof DatabaseGone)
      return {
        problem: {
          kind: "rejected",
          what: "The database is gone.",
          next: "Look at its project at the provider; `atoll drift` says what else is missing.",
        },
      };
    return { problem: reportOf(error instanceof Fault ? error : (error as Error)) };
  }
}
