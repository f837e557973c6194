import { type Role, roles } from "@atoll/contract/schemas/account";
import type { RolloutState } from "@atoll/contract/schemas/fleet";
import {
  type InstanceState,
  instanceMoves,
  mayMove,
  type RequestState,
  type RunKind,
  type RunState,
  requestMoves,
  runMoves,
} from "@atoll/core/states";

/** Why a button is disabled, one sentence; undefined when it may be pressed. */
export type Reason = string | undefined;

/** Whether a role is at least another one. */
export const isAtLeast = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed);

/** Why somebody of this role may not do what another role is needed for. */
export function reasonOfRole(role: Role, needed: Role): Reason {
  return isAtLeast(role, needed) ? undefined : `Needs the role ${needed}; yours is ${role}.`;
}

const ofRequest = {
  approve: { to: "approved", from: ["pending"], otherwise: "only a pending request is approved" },
  reject: { to: "rejected", from: ["pending"], otherwise: "only a pending request is rejected" },
  retry: { to: "approved", from: ["failed"], otherwise: "only a failed request is retried" },
  withdraw: {
    to: "withdrawn",
    from: ["pending", "failed"],
    otherwise: "only a pending or failed request is withdrawn",
  },
} as const satisfies Record<string, { to: RequestState; from: readonly RequestState[]; otherwise: string }>;

/** Why a request cannot be approved, rejected, retried or withdrawn. */
export function reasonOfRequest(act: keyof typeof ofRequest, state: RequestState, role: Role): Reason {
  const { to, from, otherwise } = ofRequest[act];
  // "Approve" and "retry" lead to the same state, but each starts from one of its own.
  const isFrom = from.some((each) => each === state);
  if (!isFrom || !mayMove(requestMoves, state, to)) return `It is ${state}: ${otherwise}.`;
  return reasonOfRole(role, "operator");
}

/** Why a run cannot be cancelled, retried, or its compensations retried. */
export function reasonOfRun(
  act: "cancel" | "retry" | "retryUndo",
  run: { kind: RunKind; state: RunState; owed: readonly unknown[] },
  role: Role,
): Reason {
  const { state } = run;
  if (act === "cancel" && state === "undoing") return "It is undoing already; that is not cancelled.";
  if (act === "cancel" && (state === "cancelled" || !mayMove(runMoves, state, "cancelled")))
    return `It is ${state}: nothing goes on any more.`;
  if (act === "retry" && (state === "queued" || !mayMove(runMoves, state, "queued")))
    return `It is ${state}: only a failed or cancelled run is retried.`;
  if (act === "retryUndo") {
    if (run.kind === "destroy") return "Nothing is undone in a removal: retry the run.";
    if (run.owed.length === 0) return "Nothing is left to undo.";
    if (state !== "failed") return `It is ${state}: wait until it has ended.`;
  }
  return reasonOfRole(role, "operator");
}

/** What can be done with an instance: where it leads, and where it starts if not wherever that move is legal. */
const ofInstance: Record<InstanceAct, { to: InstanceState; from?: readonly InstanceState[] }> = {
  update: { to: "updating" },
  repair: { to: "updating" },
  pause: { to: "paused", from: ["live", "failed"] },
  resume: { to: "live", from: ["paused", "failed"] },
  archive: { to: "archived", from: ["live", "paused", "failed"] },
  destroy: { to: "removing" },
};
type InstanceAct = "update" | "repair" | "pause" | "resume" | "archive" | "destroy";

/** Why something cannot be done with an instance. */
export function reasonOfInstance(act: InstanceAct, state: InstanceState, role: Role): Reason {
  const { to, from } = ofInstance[act];
  const all = Object.keys(instanceMoves) as InstanceState[]; // the keys of the table itself
  const open = all.filter(
    (each) => each !== to && mayMove(instanceMoves, each, to) && (from?.includes(each) ?? true),
  );
  if (!open.includes(state)) return `It is ${state}: this starts from ${open.join(", ")}.`;
  return reasonOfRole(role, "operator");
}

const ofRollout = {
  pause: ["queued", "running", "awaiting-approval"],
  stop: ["queued", "running", "awaiting-approval", "paused"],
  approve: ["awaiting-approval"],
  resume: ["paused", "stopped", "failed", "finished"],
} as const satisfies Record<string, readonly RolloutState[]>;

/** Why a rollout cannot be paused, stopped, approved or resumed; a finished one only where something is left to do. */
export function reasonOfRollout(
  act: keyof typeof ofRollout,
  { state, counts }: { state: RolloutState; counts: { done: number; [of: string]: number } },
  role: Role,
): Reason {
  const from: readonly RolloutState[] = ofRollout[act];
  if (!from.includes(state)) return `It is ${state}: this is for one that is ${from.join(", ")}.`;
  const open = Object.entries(counts).some(([of, count]) => of !== "done" && count > 0);
  if (act === "resume" && state === "finished" && !open) return "It is finished: every database is done.";
  return reasonOfRole(role, "operator");
}
