/** Whose rows in schema `dbos` are ours. */
export const applicationName = "atoll";

/**
 * Version of the order of SDK calls inside the workflows. Pending runs are only taken up by workers of the
 * same version: raise it when that order changes (or guard the change with `DBOS.patch`), and for nothing else.
 */
const protocolVersion = "2";

/**
 * Version under which an environment's runs are queued and taken over: a worker takes up those of its own
 * provider accounts only.
 */
export const versionFor = (environment: string): string => `${protocolVersion}/${environment}`;

/** The environment that a version of this protocol is of; undefined for another protocol's. */
export const environmentOf = (version: string): string | undefined =>
  version.startsWith(`${protocolVersion}/`) ? version.slice(protocolVersion.length + 1) : undefined;

/** The queue of runs and undos. Steps are no part of it: they start directly, so a full queue cannot block them. */
export const runsQueue = "atoll";

export const workflowNames = {
  run: "run",
  step: "step",
  undo: "undo",
  removal: "removal",
  job: "job",
} as const;

/** Workflow id of an attempt at a run: the run's id, then with the attempt's number. */
export const runWorkflowId = (runId: string, attempt: number) =>
  attempt === 1 ? runId : `${runId}.${attempt}`;

/** Workflow id of an attempt at a run's undo. */
export const undoWorkflowId = (runId: string, attempt: number) =>
  attempt === 1 ? `${runId}/undo` : `${runId}/undo.${attempt}`;

/** Workflow id of an attempt at a job's piece of work. */
export const jobWorkflowId = (job: string, id: string, attempt: number) => `${job}/${id}/${attempt}`;
