import { holding } from "./invariants/holding.ts";
import { leased } from "./invariants/leased.ts";
import { ledgers } from "./invariants/ledgers.ts";
import { opening } from "./invariants/opening.ts";
import { audited, ended, legal } from "./invariants/runs.ts";
import { secrecy } from "./invariants/secrecy.ts";
import { mails, standing } from "./invariants/standing.ts";
import type { Look } from "./look.ts";

/** What has to be so whenever everything is at rest: gives a sentence for each thing that is not. */
type Invariant = (look: Look) => string[] | Promise<string[]>;

/** All of them, by name. */
export const invariants = {
  "every run ended as it may": ended,
  "states are legal and follow from the runs": legal,
  "the providers hold what the registry says": holding,
  "live is live, paused stands still": standing,
  "one welcome for each client": mails,
  "recorded secrets open their doors": opening,
  "no secret is told": secrecy,
  "ledgers say what the databases hold": ledgers,
  "the audit chain is whole": audited,
  "nobody writes after the lease": leased,
} satisfies Record<string, Invariant>;

export type InvariantName = keyof typeof invariants;

/** A thing that is not as it has to be. */
export interface Violation {
  invariant: InvariantName | "everything comes to rest" | "a removal leaves nothing" | "the harness works";
  what: string;
}

/** Those that hold at any moment, even where something goes on for ever. */
export const always: readonly InvariantName[] = ["no secret is told", "nobody writes after the lease"];

/** Asks all of them, or those that are named. */
export async function violationsOf(look: Look, names?: readonly InvariantName[]): Promise<Violation[]> {
  const asked = Object.entries(invariants).filter(([name]) => names?.includes(name as InvariantName) ?? true);
  const found = await Promise.all(
    asked.map(async ([invariant, check]) =>
      (await check(look)).map((what) => ({ invariant: invariant as InvariantName, what })),
    ),
  );
  return found.flat();
}
