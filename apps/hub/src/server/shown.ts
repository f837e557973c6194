import type { InstanceSummary } from "@atoll/contract/schemas/instance";
import type { Request } from "@atoll/contract/schemas/request";
import type { Run, RunWithSteps } from "@atoll/contract/schemas/run";
import { ended } from "@atoll/core/states";
import type { RunRecord } from "@atoll/engine/records";
import type { Selectable } from "kysely";
import type { RequestRow } from "../services/requests.ts";
import type { InstanceTable, RunTable } from "../store/tables.ts";

type Shown<T> = {
  [K in keyof T as T[K] extends null | undefined ? never : K]: Exclude<T[K], null | undefined>;
};

/** Leaves out what is null or undefined: the contract's optional fields are absent, never null. */
export function present<T extends object>(value: T): Shown<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, each]) => each !== null && each !== undefined),
  ) as Shown<T>;
}

const iso = (at: Date | null | undefined) => at?.toISOString();

/** A request as the contract shows it. */
export function shownRequest(
  row: RequestRow,
  more: { instance?: string | undefined; url?: string | null | undefined; ids?: Record<string, string> } = {},
): Request {
  return {
    ...present({
      reason: row.reason,
      decidedBy: row.decided_by,
      instance: more.instance,
      environment: row.environment,
      run: row.run_id,
      instanceUrl: more.url,
      fault: row.fault,
      confirmedAt: iso(row.confirmed_at),
      decidedAt: iso(row.decided_at),
      startedAt: iso(row.started_at),
      completedAt: iso(row.completed_at),
    }),
    id: row.id,
    blueprint: row.blueprint,
    slug: row.slug,
    name: row.name,
    email: row.email,
    locale: row.locale as Request["locale"], // written from the contract's own enum
    answers: row.answers,
    state: row.state,
    confirmed: row.confirmed_at !== null,
    providerIds: more.ids ?? {},
    submittedAt: row.submitted_at.toISOString(),
  };
}

/** An instance with what was last seen of it. */
export interface ListedInstance extends Selectable<InstanceTable> {
  version: number | null;
  problems: readonly unknown[] | null;
  checked_at: Date | null;
}

/** An instance's row as the contract shows it. */
export function shownInstance(row: ListedInstance): InstanceSummary {
  const { id, slug, blueprint, environment, state, answers, url, version, problems, checked_at } = row;
  return {
    id,
    slug,
    name: typeof answers.name === "string" ? answers.name : slug,
    blueprint,
    environment,
    state,
    // What is gone answers nowhere and is not well or ill.
    ...(state !== "removed" && present({ url, version })),
    ...(state !== "removed" &&
      problems !== null &&
      checked_at !== null && {
        health: {
          healthy: problems.length === 0,
          problems: problems.length,
          checkedAt: checked_at.toISOString(),
        },
      }),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** A run's row as the contract shows it; what it owes is in its details. */
export function shownRunRow(
  row: Selectable<RunTable> & { slug: string; environment: string },
  workers: ReadonlyMap<string, number>,
): Run {
  return {
    id: row.id,
    instance: row.slug,
    environment: row.environment,
    lacksWorker: !ended.includes(row.state) && !workers.has(row.environment),
    number: row.number,
    kind: row.kind,
    state: row.state,
    by: row.asked_by,
    attempt: row.attempt,
    ...present({
      fault: row.fault,
      startedAt: iso(row.started_at),
      endedAt: iso(row.ended_at),
      notBefore: iso(row.not_before),
      input: row.input,
    }),
    createdAt: row.created_at.toISOString(),
    owed: [],
  };
}

export function shownRun(record: RunRecord): Run {
  const { id, slug, environment, lacksWorker, number, kind, state, by, attempt, createdAt, owed } = record;
  const { fault, startedAt, endedAt, notBefore, input } = record;
  return {
    id,
    instance: slug,
    environment,
    lacksWorker,
    number,
    kind,
    state,
    by,
    attempt,
    createdAt,
    owed,
    ...present({ fault, startedAt, endedAt, notBefore, input }),
  };
}

/** A run with its steps; the `needs` of a blueprint's steps are those of today. */
export function shownRunWithSteps(
  record: RunRecord,
  needs: ReadonlyMap<string, readonly string[]>,
): RunWithSteps {
  return {
    ...shownRun(record),
    steps: record.steps.map(({ step, kind, name, state, needs: own, ...more }) => ({
      step,
      kind,
      name,
      state,
      needs: own ?? [...(needs.get(step) ?? [])],
      ...present(more),
    })),
  };
}
