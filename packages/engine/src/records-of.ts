import type { Instance } from "@atoll/core/instance";
import type { InstanceRow } from "./journal/instances.ts";
import type { RunRow } from "./journal/runs.ts";
import type { StepRow } from "./journal/steps.ts";
import type { InstanceRecord, RunRecord, StepRecord } from "./records.ts";

const iso = (date: Date | null) => date?.toISOString();

/** An instance's row as it is shown. */
export function instanceRecord(row: InstanceRow, instance: Instance): InstanceRecord {
  return {
    ...instance,
    state: row.state,
    url: row.url ?? undefined,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** A run's row with its steps as it is shown. */
export function runRecord(
  run: RunRow,
  { slug, environment }: { slug: string; environment: string },
  steps: readonly StepRow[],
  lacksWorker: boolean,
): RunRecord {
  return {
    id: run.id,
    instanceId: run.instance_id,
    slug,
    environment,
    number: run.number,
    kind: run.kind,
    state: run.state,
    by: run.asked_by,
    attempt: run.attempt,
    fault: run.fault ?? undefined,
    createdAt: run.created_at.toISOString(),
    startedAt: iso(run.started_at),
    endedAt: iso(run.ended_at),
    notBefore: iso(run.not_before),
    input: run.input ?? undefined,
    steps: steps.map(stepRecord),
    owed: steps.flatMap(({ step, undo, undo_fault: fault }) =>
      undo === "owed" && fault ? [{ step, fault }] : [],
    ),
    lacksWorker,
  };
}

function stepRecord(row: StepRow): StepRecord {
  return {
    step: row.step,
    kind: row.kind,
    name: row.name,
    state: row.state,
    did: row.did ?? undefined,
    fault: row.fault ?? undefined,
    startedAt: iso(row.started_at),
    endedAt: iso(row.ended_at),
    waitingUntil: iso(row.waiting_until),
    why: row.why ?? undefined,
    undo: row.undo ?? undefined,
    undoFault: row.undo_fault ?? undefined,
    needs: row.needs ?? undefined,
    note: row.note ?? undefined,
  };
}
