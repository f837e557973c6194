import type { Rehearsal } from "@atoll/contract/schemas/fleet";
import { Fault } from "@atoll/core/fault";
import type { Catalog } from "@atoll/fleet/catalog";
import type { Definitions } from "@atoll/fleet/catalog/definitions";
import { type Rehearsed, rehearse } from "@atoll/fleet/rehearse/rehearse";
import { provisionScript } from "@atoll/fleet/script";
import type { Store } from "../store/store.ts";
import { digestOf, type Kind } from "./kind.ts";
import { openRecent } from "./recent.ts";
import type { Scratch } from "./scratch.ts";
import { reportOf } from "./states.ts";

/** What a blueprint's migrations make, on a server of this major version. */
export interface Expectation {
  digest: string;
  serverMajor: number;
  /** After each version. */
  catalogs: ReadonlyMap<number, Catalog>;
  /** After the newest. */
  definitions: Definitions;
}

/** Rehearses blueprints' migrations and remembers what they make. */
export interface Rehearsals {
  /** Rehearsed now where nobody has rehearsed just these files. Throws the fault of the migration that fails. */
  expected(kind: Kind): Promise<Expectation>;
  /** Rehearses now; with `like` on a copy of that instance's catalog. */
  rehearse(
    kind: Kind,
    like?: { slug: string; version: number; definitions: Definitions },
  ): Promise<Rehearsal>;
}

/** A drift of an older version asks for its own; each is some hundred KiB, and the store has them all. */
const keptAtOnce = 32;

/** Opens the rehearsals of one hub. */
export function openRehearsals(store: () => Promise<Store>, scratch: Scratch): Rehearsals {
  const known = openRecent<Expectation>(keptAtOnce);

  async function stored({ name }: Kind, digest: string): Promise<Expectation | undefined> {
    const row = await (await store())
      .selectFrom("schema_rehearsals")
      .selectAll()
      .where("blueprint", "=", name)
      .where("digest", "=", digest)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const catalogs = new Map(Object.entries(row.catalogs).map(([version, each]) => [Number(version), each]));
    return { digest, serverMajor: row.server_major, catalogs, definitions: row.definitions };
  }

  async function run(kind: Kind, like?: Parameters<Rehearsals["rehearse"]>[1]) {
    const run = await scratch.with(async (session, serverMajor) => ({
      serverMajor,
      found: await rehearse(session, kind.migrations, like && { like }),
    }));
    if (!run.found.ok || kind.migrations.every(({ transactional }) => transactional)) return run;
    // A new instance gets all of them in one transaction, those that otherwise run outside of one, too.
    const problem = await scratch.with((session) =>
      session.query(provisionScript(kind.migrations, { instance: "rehearsal00000000000" })).then(
        () => undefined,
        (error: unknown) => reportOf(error),
      ),
    );
    if (problem === undefined) return run;
    const what = `On an empty database, in one transaction: ${problem.what}`;
    return { ...run, found: { ...run.found, ok: false, problem: { what, next: problem.next } } };
  }

  async function keep({ name }: Kind, digest: string, serverMajor: number, found: Rehearsed): Promise<void> {
    await (await store())
      .insertInto("schema_rehearsals")
      .values({
        blueprint: name,
        digest,
        server_major: serverMajor,
        catalogs: JSON.stringify(Object.fromEntries(found.catalogs)),
        definitions: JSON.stringify(found.definitions ?? {}),
      })
      .onConflict((conflict) => conflict.columns(["blueprint", "digest"]).doNothing())
      .execute();
  }

  async function expected(kind: Kind, digest: string): Promise<Expectation> {
    const there = await stored(kind, digest);
    if (there !== undefined) return there;
    const { found, serverMajor } = await run(kind);
    if (!found.ok || found.definitions === undefined)
      throw new Fault("rejected", {
        what: found.problem?.what ?? "The migrations did not pass their rehearsal.",
        next: found.problem?.next ?? "Run `atoll schema test` and mend what it names.",
        field: "migrations",
      });
    await keep(kind, digest, serverMajor, found);
    return { digest, serverMajor, catalogs: found.catalogs, definitions: found.definitions };
  }

  return {
    expected(kind) {
      const digest = digestOf(kind);
      return known(`${kind.name} ${digest}`, () => expected(kind, digest));
    },
    async rehearse(kind, like) {
      const { found, serverMajor } = await run(kind, like);
      if (found.ok && like === undefined) await keep(kind, digestOf(kind), serverMajor, found);
      return {
        blueprint: kind.name,
        ok: found.ok,
        ...(like && { like: like.slug }),
        steps: found.steps.map(({ what, ...step }) => ({ ...step, ...(what !== undefined && { what }) })),
        ...(found.problem && { problem: { kind: "rejected" as const, ...found.problem } }),
      };
    },
  };
}
