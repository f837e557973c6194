import type { Change } from "./change.ts";
import type { Secret } from "./secret.ts";

/** Where a thing is looked for. All of it stands in the journal before the first call that uses it. */
export interface Address {
  /** The instance's id: random, never reused; the mark by which we know our own things. */
  instance: string;
  /** The name recorded for the thing before it was made. */
  name: string;
  /** Id of the thing it lives in (a project's ref, `owner/repo`); absent for things of the account. */
  within?: string;
  /** The provider's id, once the journal has one. Self-contained: `remove(id)` needs nothing else. */
  id?: string;
  /** What opens it, where reading needs more than the account's token (a database password). */
  access?: Secret;
}

/** What the provider says. `other` = there, but not provably ours: never adopted, changed or deleted. */
export type Observed<Attrs> =
  | { is: "absent" }
  | { is: "settling"; id: string; retryInMs: number; why?: string }
  | { is: "present"; id: string; owner: "us" | "other"; attrs: Attrs };

interface Job<In, Attrs> {
  at: Address;
  want: In;
  /** What `observe` found; undefined when absent. */
  live: Attrs | undefined;
  /** What `compare` found; for an absent thing one change `{ path: "", act: "create" }`. */
  changes: Change[];
}

/** What a client brings is changed as agreed, and is neither made nor removed by us. */
export interface Brought {
  /** Field of the answers that names it: "bring.supabase". */
  field: string;
  /** What is changed in it, one clause: people agree to it beforehand. */
  changes: string;
  /** What stays in it when it is given back, one clause. */
  remains: string;
}

/** One thing at a provider. It says four things about itself; the engine decides when each is used. */
export interface Resource<In, Attrs> {
  /** "supabase.project": stored in the journal, so it never changes. */
  kind: string;
  /** Version of the shape of stored inputs and attributes: raised when that changes. Default 1. */
  version?: number;
  /** What if the answer to a create was lost? */
  lostCreate: "find-by-name" | "ask-operator";
  /** A thing that ends with what it lives in (keys, settings, a schema) is never removed on its own. */
  removal: "own" | "with-parent";
  /** How long it may take to settle, in milliseconds. Default 10 minutes. */
  settleWithinMs?: number;
  /** How long "absent" right after a create is not believed, in milliseconds. Default 30 seconds. */
  graceMs?: number;
  /** Reads only: by id if there is one, else by name. */
  observe(at: Address): Promise<Observed<Attrs>>;
  /** Pure. Empty = converged. */
  compare(want: In, live: Attrs): Change[];
  /** Safe to repeat. Returns the id. */
  apply(job: Job<In, Attrs>): Promise<string>;
  /** Already gone is success. Only called for `removal: "own"`. */
  remove(id: string): Promise<void>;
  /** Does it really answer? What is wrong, in plain words; empty = healthy. */
  probe?(live: Attrs): Promise<string[]>;
  /** A client brought it, or what it stands in. */
  brought?: Brought;
  /**
   * Takes what marks it as ours off a thing that a client brought, or off what stands in one. A mark already gone is
   * success; a thing that is gone itself, or refuses us, is `OutOfReach`: it stays as it is.
   */
  release?(at: Address): Promise<void>;
  /** How a paused instance's thing is halted; without it pausing leaves it as it is. */
  halting?: Halting;
  /** How an archived instance's thing is put away without being removed; ensuring it brings it back. */
  retiring?: Pick<Halting, "observe" | "halt">;
  /** The client's own data: in what a client brought, destroying an instance leaves it there. */
  outlives?: true;
}

/** It can be halted and set going again, and loses nothing by it. */
export interface Halting {
  /** Reads only. `refused` = the provider does not do it here, and says why: the thing is left going. */
  observe(id: string): Promise<Halted>;
  /** Safe to repeat; halted already is success. */
  halt(id: string): Promise<void>;
  /** Safe to repeat; going already is success. */
  resume(id: string): Promise<void>;
}

export type Halted =
  | { is: "going" }
  | { is: "halted" }
  | { is: "settling"; retryInMs: number; why: string }
  | { is: "refused"; why: string };

/** What cannot be observed and undone: a mail, an invitation. Done at most once for each key. */
export interface Action<In, Out> {
  /** "email.send": stored in the journal, so it never changes. */
  kind: string;
  /** `key` is stable over retries and goes to the provider as its idempotency key. */
  run(job: { key: string; want: In }): Promise<Out>;
}
