import type { FaultReport } from "@atoll/core/event";
import type { StepState, UndoState } from "@atoll/core/states";
import type { Query } from "../database.ts";

export interface StepRow {
  run_id: string;
  step: string;
  kind: string;
  name: string;
  state: StepState;
  did: string | null;
  fault: FaultReport | null;
  started_at: Date | null;
  ended_at: Date | null;
  waiting_until: Date | null;
  why: string | null;
  undo: UndoState | null;
  undo_fault: FaultReport | null;
  /** Null = as the blueprint says. */
  needs: string[] | null;
  /** What a task of an operation noted. */
  note: unknown;
}

const columns = `run_id, step, kind, name, state, did, fault, started_at, ended_at, waiting_until, why, undo,
  undo_fault, needs, note`;

export async function listSteps(query: Query, runId: string): Promise<StepRow[]> {
  return query<StepRow>(`select ${columns} from atoll.run_steps where run_id = $1 order by position`, [
    runId,
  ]);
}

/** Writes down the steps of a run; in a later attempt those that were not done begin anew. */
export async function prepareSteps(
  query: Query,
  runId: string,
  steps: readonly { step: string; kind: string; name: string; needs?: readonly string[] }[],
): Promise<void> {
  for (const [position, { step, kind, name, needs }] of steps.entries())
    await query(
      `insert into atoll.run_steps (run_id, step, position, kind, name, needs, state)
       values ($1, $2, $3, $4, $5, $6, 'pending')
       on conflict (run_id, step) do update set state = 'pending', did = nullif(run_steps.did, 'skipped'), fault = null, ended_at = null, why = null,
         waiting_until = null, started_at = null`,
      [runId, step, position, kind, name, needs === undefined ? null : JSON.stringify(needs)],
    );
}

/** Marks a step as begun. True the first time, so that it is told once. */
export async function startStep(query: Query, runId: string, step: string): Promise<boolean> {
  const rows = await query(
    `update atoll.run_steps set state = 'running', started_at = clock_timestamp()
     where run_id = $1 and step = $2 and started_at is null returning step`,
    [runId, step],
  );
  return rows.length > 0;
}

/** Parks a step. True when the reason is another one than before, so that polling is not told at every look. */
export async function parkStep(
  query: Query,
  runId: string,
  step: string,
  why: string,
  retryInMs: number,
): Promise<boolean> {
  const [row] = await query<{ told: boolean }>(
    `update atoll.run_steps new set state = 'waiting', why = $3,
       waiting_until = clock_timestamp() + $4 * interval '1 millisecond'
     from atoll.run_steps old
     where new.run_id = $1 and new.step = $2 and old.run_id = $1 and old.step = $2
     returning old.state = 'waiting' and old.why is not distinct from $3 as told`,
    [runId, step, why, retryInMs],
  );
  return row?.told === false;
}

/** Keeps what a task noted, for later tasks and for who reads the run. */
export async function writeNote(query: Query, runId: string, step: string, note: unknown): Promise<void> {
  await query("update atoll.run_steps set note = $3 where run_id = $1 and step = $2", [
    runId,
    step,
    JSON.stringify(note),
  ]);
}

/** What a step has done so far; "created" stays when an update follows the create. */
export async function noteDid(query: Query, runId: string, step: string, did: string): Promise<void> {
  await query(
    `update atoll.run_steps set did = case when did = 'created' then did else $3 end
     where run_id = $1 and step = $2`,
    [runId, step, did],
  );
}

/** Ends a step. Gives its duration in milliseconds the first time, undefined when it had ended before. */
export async function endStep(
  query: Query,
  runId: string,
  step: string,
  end: { state: "done" | "failed" | "skipped"; did?: string; fault?: FaultReport },
): Promise<{ did: string; durationMs: number } | undefined> {
  const [row] = await query<{ did: string; duration_ms: number }>(
    `update atoll.run_steps set state = $3, did = coalesce(did, $4), fault = $5, waiting_until = null,
       why = null, ended_at = clock_timestamp(), started_at = coalesce(started_at, clock_timestamp())
     where run_id = $1 and step = $2 and ended_at is null
     returning did, (extract(epoch from ended_at - started_at) * 1000)::int as duration_ms`,
    [runId, step, end.state, end.did ?? null, end.fault ? JSON.stringify(end.fault) : null],
  );
  return row && { did: row.did, durationMs: row.duration_ms };
}

/** Notes what became of undoing a step. True when that is news. */
export async function noteUndo(
  query: Query,
  runId: string,
  step: string,
  undo: UndoState,
  fault?: FaultReport,
): Promise<boolean> {
  const rows = await query(
    `update atoll.run_steps set undo = $3, undo_fault = $4
     where run_id = $1 and step = $2 and (undo is distinct from $3 or undo_fault is distinct from $4::jsonb)
     returning step`,
    [runId, step, undo, fault ? JSON.stringify(fault) : null],
  );
  return rows.length > 0;
}
