import type { AnyBlueprint } from "@atoll/core/blueprint";
import type { Ids } from "@atoll/core/instance";
import type { Operation } from "@atoll/core/operation";
import type { Job } from "./job.ts";

/** Where a worker may be stopped in tests: each name is the moment between two facts. */
export type PausePoint =
  | "intent-committed"
  | "applied-not-recorded"
  | "recorded"
  | "step-done-not-published"
  | "undo-registered"
  | "removed-not-recorded"
  | "removal-recorded"
  | "run-ending";

/** For whom a step is looked at. */
export interface OnBehalf {
  /** Id of the instance. */
  instance: string;
  run: { kind: string; askedBy: string };
  /** Never returns once this worker may do nothing more: asked after every wait, before anything is sent. */
  stillOurs(): Promise<void>;
}

export interface JournalOptions {
  /** The hub's Postgres; schemas `atoll` and `dbos` are made there when missing. */
  databaseUrl: string;
  blueprints: readonly AnyBlueprint[];
  /** What can be done with an instance beside ensuring and removing its things. */
  operations?: readonly Operation[];
  /** 32 bytes that seal all secrets of instances. */
  key: Uint8Array;
  /** Keys that sealed some of them before: they are read with, never sealed with. */
  olderKeys?: readonly Uint8Array[];
  /** Environment of instances that are registered without one. Default "production". */
  environment?: string;
  ids?: Ids & { instance(): string };
}

export interface EngineOptions extends JournalOptions {
  /** How often a worker shows that it lives, and after which silence it is taken over. Default 2 s and 15 s. */
  lease?: { beatMs: number; ttlMs: number };
  /** All waits are divided by this: a local cloud with compressed time. Default 1. */
  timeScale?: number;
  /** Called once when this worker may do nothing more. Default: the process exits with 75. */
  onFence?: (why: string) => void;
  log?: (line: object) => void;
  /** Durable work beside runs, which this worker can do. */
  jobs?: readonly Job[];
  /** Does a piece of work for whom it is done: whoever shares calls to providers goes by it. Default: just does it. */
  onBehalf?<T>(whom: OnBehalf, work: () => Promise<T>): Promise<T>;
  /** For tests: awaited at every named point. */
  pause?: (point: PausePoint, where: { runId: string; step: string }) => Promise<void>;
}
