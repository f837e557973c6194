/** Legal moves of requests, instances and runs: hub and engine obey these tables, whoever shows them reads them. */
export const requestMoves = {
  pending: ["approved", "rejected", "withdrawn"],
  approved: ["provisioning", "failed"],
  provisioning: ["deployed", "failed"],
  deployed: [],
  // Retried as a request, or by its run.
  failed: ["approved", "provisioning", "withdrawn"],
  rejected: [],
  withdrawn: [],
} as const;

export const instanceMoves = {
  provisioning: ["live", "failed", "removing", "removed"],
  live: ["updating", "paused", "archived", "failed", "removing"],
  updating: ["live", "failed"],
  paused: ["live", "archived", "failed", "removing"],
  // Its things are made anew by a repair, and then filled.
  archived: ["live", "paused", "updating", "failed", "removing"],
  // A pause, a resume or an archive that stopped halfway is gone on with, or taken back after all.
  failed: ["provisioning", "updating", "live", "paused", "archived", "removing", "removed"],
  // A destroy that is taken back while it cools off leaves the instance as it was.
  removing: ["removed", "failed", "live", "paused", "archived"],
  removed: [],
} as const;

export const runMoves = {
  queued: ["running", "waiting", "failed", "cancelled"],
  running: ["waiting", "undoing", "succeeded", "failed", "cancelled"],
  waiting: ["running", "undoing", "failed", "cancelled"],
  undoing: ["undone", "failed"],
  failed: ["running", "queued", "undoing"],
  cancelled: ["undoing", "running", "queued"],
  succeeded: [],
  undone: [],
} as const;

export type RequestState = keyof typeof requestMoves;
export type InstanceState = keyof typeof instanceMoves;
export type RunState = keyof typeof runMoves;

/** True when a thing may go from one state to another; staying is always legal. */
export function mayMove<S extends string>(moves: Record<S, readonly string[]>, from: S, to: S): boolean {
  return from === to || moves[from].includes(to);
}

/** Runs that ensure or remove the things of a blueprint. */
export const resourceRunKinds = ["provision", "update", "repair", "destroy"] as const;

/** Runs that do tasks of their own on an instance that is there. */
export const operationKinds = [
  "pause",
  "resume",
  "archive",
  "backup",
  "restore",
  "export",
  "import",
  "domain",
  "team",
  "deploy",
  "rebuild",
] as const;

export type OperationKind = (typeof operationKinds)[number];
export type RunKind = (typeof resourceRunKinds)[number] | OperationKind;

/** True for a run that does tasks of its own. */
export const isOperation = (kind: RunKind): kind is OperationKind =>
  (operationKinds as readonly RunKind[]).includes(kind);

/** State of one step within a run. `skipped` = not wanted, or something that it needs failed. */
export type StepState = "pending" | "running" | "waiting" | "done" | "failed" | "skipped";

/** What became of undoing a step: `kept` = not ours to remove, `owed` = failed, can be retried. */
export type UndoState = "registered" | "done" | "kept" | "owed";

/** States after which a run does nothing more by itself. */
export const ended: readonly RunState[] = ["succeeded", "failed", "undone", "cancelled"];
