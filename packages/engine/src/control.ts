import { Error as Dbos } from "@dbos-inc/dbos-sdk";

const control = [
  Dbos.DBOSWorkflowConflictError,
  Dbos.DBOSWorkflowCancelledError,
  Dbos.DBOSAwaitedWorkflowCancelledError,
  Dbos.DBOSUnexpectedStepError,
  Dbos.DBOSStepNondeterminismError,
  Dbos.DBOSInvalidWorkflowTransitionError,
  Dbos.DBOSExecutorNotInitializedError,
  Dbos.DBOSMaxRecoveryAttemptsExceededError,
];

/**
 * First line of every `catch` around durable work. The SDK's own control flow (lost to another worker,
 * cancelled, replayed differently) is no failure of the step: who handled it as one would undo what the
 * new owner is building.
 */
export function rethrowControl(error: unknown): void {
  if (control.some((kind) => error instanceof kind)) throw error;
}
