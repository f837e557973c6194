import type { Step } from "./blueprint.ts";
import type { RunEvent } from "./event.ts";
import type { Instance, Secrets } from "./instance.ts";
import type { InstanceState, OperationKind } from "./states.ts";

/** A thing of an instance as the journal has it. */
export interface Thing {
  step: string;
  /** "vercel.project". */
  kind: string;
  name: string;
  /** The provider's id. */
  id: string;
  /** As last seen, with `Secret` handles. */
  attrs: unknown;
  /** A client brought it, or it was there in what a client brought. */
  brought: boolean;
}

/** What an operation may read: one moment of one instance, and what this run has noted so far. */
export interface Situation {
  runId: string;
  instance: Instance;
  state: InstanceState;
  /** It was live once. */
  wasLive: boolean;
  url: string | undefined;
  secrets: Secrets;
  /** The steps of its blueprint, with the adapters of its things. */
  steps: readonly Step[];
  /** By step. */
  things: ReadonlyMap<string, Thing>;
  /** As `Operation.input` gave it. */
  input: unknown;
  /** What this run's tasks noted, by task. */
  notes: ReadonlyMap<string, unknown>;
}

/** What a look at a task found. `why` and `says` are clauses for a person and hold no secret. */
export type Look =
  /** It is as it should be; `note` is kept for later tasks and for who reads the run. */
  | { is: "done"; note?: unknown; says?: string }
  /** `note` is kept before it acts: what it found, which nobody can tell any more when a worker dies in between. */
  | { is: "todo"; does: "create" | "update" | "remove" | "send"; says: string; note?: unknown }
  | { is: "wait"; why: string; retryInMs: number };

type Did = Extract<RunEvent, { type: "step-done" }>["did"];

/** One part of an operation. It looks before it acts, so that it may be begun anew after a crash at any point. */
export interface Task {
  /** Unique in its operation; the same whenever the same run is asked. */
  step: string;
  /** What it works on, for people and figures: "vercel.project", "backup.part". */
  kind: string;
  name: string;
  /** Tasks of the same operation that come first. */
  needs: readonly string[];
  /** Reads only. Also what a plan is made of, when what it needs is not there yet. */
  look(): Promise<Look>;
  /**
   * Does it; then it is looked at again. May take minutes. What it gives is noted: JSON without secrets. `stillOurs`
   * never returns once this worker may do nothing more: awaited before each single write of a long act.
   */
  act(tools: { stillOurs(): Promise<void> }): Promise<unknown>;
  /** Takes back what it did, when the run fails: looks first, taken back already is success. */
  undo?(): Promise<void>;
  /** How long it may wait or be in trouble, in milliseconds. Default 10 minutes. */
  settleWithinMs?: number;
  /** Said of it when it was done. Default what its look said it does. */
  did?: Did;
  /**
   * The thing of the blueprint's step of this name is removed as a destroy removes it: only what is provably ours, seen
   * gone afterwards, and struck from the journal. `act` is not called; the look says what a plan says.
   */
  removesThing?: true;
}

/** A run that changes no resource's wanted state: it does tasks, and takes them back when one of them fails. */
export interface Operation {
  kind: OperationKind;
  /** States of an instance in which it may be asked for. */
  from: readonly InstanceState[];
  /** State of the instance after it; absent = it stays as it is. */
  to?: InstanceState | ((at: Pick<Situation, "instance" | "runId">) => Promise<InstanceState>);
  /** What it did stays done: one that fails on the way leaves the instance `failed`, for a retry or a repair. */
  oneWay?: true;
  /**
   * Operations whose debts (compensations that could not be made) do not stand in its way, and are paid when it has
   * succeeded: it brings everything that they touch to where it belongs.
   */
  settles?: readonly OperationKind[];
  /** Checks what was asked for. Gives JSON without secrets; throws a `Fault` that names the field. */
  input(given: unknown): unknown;
  /** What it does, in an order in which each needs only earlier ones. May read; writes nothing. */
  tasks(at: Situation): Promise<readonly Task[]>;
}
