import type { FaultReport } from "@atoll/core/event";
import type { Instance } from "@atoll/core/instance";
import type { InstanceState, RunKind, RunState, StepState, UndoState } from "@atoll/core/states";

/** An instance as the registry knows it. `answers` holds `Secret` handles where a person gave secrets. */
export interface InstanceRecord extends Instance {
  state: InstanceState;
  url: string | undefined;
  createdAt: string;
  updatedAt: string;
}

/** One step of a run: what it does, and what became of undoing it. Times are ISO 8601. */
export interface StepRecord {
  step: string;
  kind: string;
  name: string;
  state: StepState;
  did: string | undefined;
  fault: FaultReport | undefined;
  startedAt: string | undefined;
  endedAt: string | undefined;
  waitingUntil: string | undefined;
  why: string | undefined;
  undo: UndoState | undefined;
  undoFault: FaultReport | undefined;
  /** Steps that come first; undefined = those of the blueprint. */
  needs: string[] | undefined;
  /** What a task of an operation noted. */
  note: unknown;
}

/** One run with its steps in the blueprint's order. `owed` = compensations that failed and can be retried. */
export interface RunRecord {
  id: string;
  instanceId: string;
  slug: string;
  /** The provider accounts that it works with. */
  environment: string;
  number: number;
  kind: RunKind;
  state: RunState;
  by: string;
  attempt: number;
  fault: FaultReport | undefined;
  createdAt: string;
  startedAt: string | undefined;
  endedAt: string | undefined;
  /** Nothing is removed before: a destroy that cools off. */
  notBefore: string | undefined;
  /** What an operation was asked for, as it was checked. */
  input: unknown;
  steps: StepRecord[];
  owed: { step: string; fault: FaultReport }[];
  /** True for a run that has not ended while no worker of its environment lives: nothing happens until one is there. */
  lacksWorker: boolean;
}

/** One thing at a provider, as last seen. `attrs` holds `Secret` handles. */
export interface ResourceRecord {
  step: string;
  kind: string;
  name: string;
  id: string;
  /** "adopted": it was there when it was first looked at, as a project's keys are; so not yet that a client brought it. */
  origin: "created" | "adopted";
  /** True where a client brought it, or it was there in what a client brought. */
  brought: boolean;
  attrs: unknown;
  observedAt: string | undefined;
}

/** What the local options of a run mean: see `Journal.submit`. */
export interface SubmitOptions {
  /** New inputs, as typed; without them the last accepted ones. */
  answers?: unknown;
  /** Who asked for it. */
  by: string;
  /** A failed first provisioning leaves what it made, so that `retry` can go on from there. */
  keepOnFailure?: boolean;
  /** What an operation is asked for, as typed. */
  input?: unknown;
  /** A repair of these steps, and of what needs them, instead of the whole instance. */
  only?: readonly string[];
  /** An operation that a look refuses throws that look's fault, and no run is begun. */
  looksFirst?: boolean;
  /** A destroy removes nothing before: until then it can be cancelled, and the instance is as it was. */
  notBefore?: Date;
}
