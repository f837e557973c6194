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
  paused: ["live", "archived", "removing"],
  archived: ["live", "removing"],
  failed: ["provisioning", "updating", "removing", "removed"],
  removing: ["removed", "failed", "live"],
  removed: [],
} as const;

export const runMoves = {
  queued: ["running", "cancelled"],
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

export type RunKind = "provision" | "update" | "repair" | "destroy";

/** State of one step within a run. `skipped` = not wanted, or something that it needs failed. */
export type StepState = "pending" | "running" | "waiting" | "done" | "failed" | "skipped";

/** What became of undoing a step: `kept` = not ours to remove, `owed` = failed, can be retried. */
export type UndoState = "registered" | "done" | "kept" | "owed";

/** States after which a run does nothing more by itself. */
export const ended: readonly RunState[] = ["succeeded", "failed", "undone", "cancelled"];
