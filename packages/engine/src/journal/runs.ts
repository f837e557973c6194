import type { FaultReport } from "@atoll/core/event";
import { type InstanceState, mayMove, type RunKind, type RunState, runMoves } from "@atoll/core/states";
import type { Query } from "../database.ts";
import { appendEvent } from "./events.ts";

export interface RunRow {
  id: string;
  instance_id: string;
  number: number;
  kind: RunKind;
  state: RunState;
  asked_by: string;
  answers: unknown;
  /** What an operation was asked for. */
  input: unknown;
  /** State of the instance when it was asked for; null in runs of before there were operations. */
  came_from: InstanceState | null;
  /** Nothing is removed before. */
  not_before: Date | null;
  keep_on_failure: boolean;
  undoes: boolean;
  attempt: number;
  undo_attempt: number;
  fault: FaultReport | null;
  created_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
}

const columns = `id, instance_id, number, kind, state, asked_by, answers, input, came_from, not_before, keep_on_failure,
  undoes, attempt, undo_attempt, fault, created_at, started_at, ended_at`;

export async function findRun(query: Query, id: string): Promise<RunRow | undefined> {
  const [row] = await query<RunRow>(`select ${columns} from atoll.runs where id = $1`, [id]);
  return row;
}

/** The run, locked until the transaction ends; rows that refer to it may still be added. */
export async function lockRun(query: Query, id: string): Promise<RunRow | undefined> {
  const [row] = await query<RunRow>(`select ${columns} from atoll.runs where id = $1 for no key update`, [
    id,
  ]);
  return row;
}

export async function listRuns(query: Query, instanceId: string): Promise<RunRow[]> {
  return query<RunRow>(`select ${columns} from atoll.runs where instance_id = $1 order by number`, [
    instanceId,
  ]);
}

/** The one run of an instance that is under way. */
export async function activeRun(query: Query, instanceId: string): Promise<RunRow | undefined> {
  const [row] = await query<RunRow>(
    `select ${columns} from atoll.runs
     where instance_id = $1 and state in ('queued', 'running', 'waiting', 'undoing')`,
    [instanceId],
  );
  return row;
}

/** Adds the instance's next run. Its number comes from the instance's row, which must be locked. */
export async function insertRun(
  query: Query,
  run: {
    instanceId: string;
    kind: RunKind;
    by: string;
    answers: unknown;
    input: unknown;
    cameFrom: InstanceState;
    notBefore: Date | undefined;
    keepOnFailure: boolean;
  },
): Promise<RunRow> {
  const [row] = await query<RunRow>(
    `with next as (
       update atoll.instances set last_run = last_run + 1 where id = $1 returning id, last_run
     )
     insert into atoll.runs (id, instance_id, number, kind, state, asked_by, answers, input, came_from,
       not_before, keep_on_failure)
     select id || '-' || last_run, id, last_run, $2, 'queued', $3, $4, $5, $6, $7, $8 from next returning ${columns}`,
    [
      run.instanceId,
      run.kind,
      run.by,
      run.answers === undefined ? null : JSON.stringify(run.answers),
      run.input === undefined ? null : JSON.stringify(run.input),
      run.cameFrom,
      run.notBefore ?? null,
      run.keepOnFailure,
    ],
  );
  if (!row) throw new Error("The instance of a run is not in the journal.");
  return row;
}

/** True for the newest run of its instance: older ones are history and change nothing any more. */
export async function isLatestRun(query: Query, run: RunRow): Promise<boolean> {
  const [row] = await query<{ latest: boolean }>(
    "select last_run = $2 as latest from atoll.instances where id = $1",
    [run.instance_id, run.number],
  );
  return row?.latest ?? false;
}

/** Moves a run to another state and tells it. A move that the table does not allow is a bug and throws. */
export async function moveRun(
  query: Query,
  run: RunRow,
  to: RunState,
  facts: { fault?: FaultReport | undefined; undoes?: boolean } = {},
): Promise<void> {
  if (!mayMove(runMoves, run.state, to)) throw new Error(`A run may not go from ${run.state} to ${to}.`);
  const isEnd = to === "succeeded" || to === "failed" || to === "undone" || to === "cancelled";
  await query(
    `update atoll.runs set state = $2, fault = coalesce($3, fault), undoes = coalesce($4, undoes),
       started_at = case when $2 = 'running' then coalesce(started_at, clock_timestamp()) else started_at end,
       ended_at = case when $5 then clock_timestamp() end
     where id = $1`,
    [run.id, to, facts.fault ? JSON.stringify(facts.fault) : null, facts.undoes ?? null, isEnd],
  );
  run.state = to;
  const fault = facts.fault ?? (isEnd && to !== "succeeded" ? (run.fault ?? undefined) : undefined);
  await appendEvent(query, run.id, { type: "run", state: to, kind: run.kind, ...(fault && { fault }) });
}

/** Begins another attempt at a run, or at its undo: a workflow of its own. */
export async function nextAttempt(query: Query, runId: string, of: "run" | "undo"): Promise<number> {
  const [row] = await query<{ attempt: number }>(
    of === "run"
      ? `update atoll.runs set attempt = attempt + 1, fault = null where id = $1 returning attempt`
      : `update atoll.runs set undo_attempt = undo_attempt + 1 where id = $1
         returning undo_attempt as attempt`,
    [runId],
  );
  if (!row) throw new Error(`There is no run ${runId}.`);
  return row.attempt;
}

/** Keeps the first fault that stopped a run: siblings look at it and stop too where the run will be undone. */
export async function rememberFault(query: Query, runId: string, fault: FaultReport): Promise<void> {
  await query("update atoll.runs set fault = coalesce(fault, $2) where id = $1", [
    runId,
    JSON.stringify(fault),
  ]);
}
