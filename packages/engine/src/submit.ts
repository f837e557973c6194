import { isDeepStrictEqual } from "node:util";
import { Fault } from "@atoll/core/fault";
import {
  type InstanceState,
  instanceMoves,
  isOperation,
  mayMove,
  type OperationKind,
  operationKinds,
  type RunKind,
} from "@atoll/core/states";
import type pg from "pg";
import type { Query } from "./database.ts";
import { appendEvent } from "./journal/events.ts";
import { findInstanceById, type InstanceRow, lockInstance, moveInstance } from "./journal/instances.ts";
import {
  activeRun,
  insertRun,
  isLatestRun,
  lockRun,
  moveRun,
  nextAttempt,
  type RunRow,
} from "./journal/runs.ts";
import { openSecrets, storeSecrets } from "./journal/secrets.ts";
import { listSteps, noteUndo } from "./journal/steps.ts";
import { mustStartFrom, operationOf } from "./operation.ts";
import { applicationName, runsQueue, runWorkflowId, versionFor, workflowNames } from "./protocol.ts";
import type { SubmitOptions } from "./records.ts";
import { chooseMissing, mustBeHere, mustBeTheirs } from "./register.ts";
import { isHalfway, startUndo } from "./run-end.ts";
import { blueprintOf, type Office } from "./runtime.ts";
import { putSecrets, sameAnswers, takeSecrets } from "./seal.ts";

/** Starts a run, or gives the id of the one that is under way. The run and its workflow appear together. */
export async function submitRun(
  office: Office,
  kind: RunKind,
  slug: string,
  { answers, by, input: given, keepOnFailure, notBefore, only }: SubmitOptions,
): Promise<string> {
  const operation = operationOf(office, kind);
  const input = operation ? operation.input(given ?? {}) : only && { only };
  return office.db.tx(async (query, client) => {
    const row = await lockInstance(query, slug);
    if (!row) throw noInstance(slug);
    mustBeHere(office, row);
    const active = await activeRun(query, row.id);
    // What need not be said again was said last to the run that is under way.
    const before = active?.answers ?? row.answers;
    const parsed =
      answers === undefined ? undefined : await parsedFor(office, query, row, { answers, before });
    if (parsed !== undefined) {
      mustKeepSlug(row, parsed);
      mustBeTheirs(office, row, parsed);
    }
    if (active) return joined(active, kind, row, { answers: parsed, input });
    if (operation) mustStartFrom(operation, slug, row.state);
    else checkMove(row, kind);
    if (only) mustBeWhole(office, row, kind, only);
    await mustOweNothing(office, query, row, kind);
    await chooseMissing(office, query, row);
    const taken = takeSecrets(parsed, `answers:${office.ids.suffix()}`);
    await storeSecrets(query, office.vault, row.id, taken.secrets);
    const run = await insertRun(query, {
      instanceId: row.id,
      kind,
      by,
      answers: taken.json,
      input,
      cameFrom: row.state,
      notBefore: kind === "destroy" ? notBefore : undefined,
      keepOnFailure: keepOnFailure ?? false,
    });
    await appendEvent(query, run.id, { type: "run", state: "queued", kind });
    await enqueue(office, client, run);
    return run.id;
  });
}

/** Everything of an instance is named after its slug: one that changed would name things that are not there. */
function mustKeepSlug(row: InstanceRow, answers: unknown): void {
  const { slug } = Object(answers) as { slug?: unknown };
  if (slug === undefined || slug === row.slug) return;
  throw new Fault("rejected", {
    what: `The answers are for another slug than "${row.slug}".`,
    next: "A slug stays as it is: leave it out, or make a new instance under the other one.",
    field: "slug",
  });
}

/** New answers as the blueprint takes them, with what need not be said again. */
async function parsedFor(
  office: Office,
  query: Query,
  row: InstanceRow,
  { answers, before }: { answers: unknown; before: unknown },
): Promise<unknown> {
  const { questions, carry } = blueprintOf(office, row.blueprint);
  if (carry === undefined) return questions.parse(answers);
  const known = putSecrets(before, await openSecrets(query, office.vault, row.id));
  return questions.parse(carry(answers, known));
}

/** A run that is under way is joined by whoever asks for just that; anybody else is told to wait. */
function joined(
  active: RunRow,
  kind: RunKind,
  row: InstanceRow,
  { answers, input }: { answers: unknown; input: unknown },
): string {
  const same =
    isDeepStrictEqual(input ?? null, active.input ?? null) &&
    (isOperation(kind) || answers === undefined || sameAnswers(answers, active.answers ?? row.answers));
  if (active.kind === kind && active.state !== "undoing" && same) return active.id;
  throw new Fault("rejected", {
    what: `A ${active.kind} of "${row.slug}" is under way${active.kind === kind && !same ? " with other answers" : ""}.`,
    next: "Wait until it has ended, or cancel it, then ask again.",
    field: "slug",
  });
}

/** The fault for a slug that nobody registered. */
export function noInstance(slug: string): Fault {
  return new Fault("rejected", {
    what: `There is no instance "${slug}".`,
    next: "Look at the list of instances for its slug, or register it first.",
    field: "slug",
  });
}

/** The fault for a run that there is not. */
export function noRun(runId: string): Fault {
  return new Fault("rejected", {
    what: `There is no run "${runId}".`,
    next: "Look at the list of the instance's runs for its id.",
  });
}

function checkMove(row: InstanceRow, kind: RunKind): void {
  const to: InstanceState = kind === "destroy" ? "removing" : row.live_at ? "updating" : "provisioning";
  if (mayMove(instanceMoves, row.state, to)) return;
  throw new Fault("rejected", {
    what: `The instance "${row.slug}" is ${row.state}: a ${kind} cannot start from there.`,
    next:
      row.state === "removed"
        ? "Register a new instance under another slug."
        : "Bring it back to live first.",
  });
}

/** A part of an instance is repaired only where the rest is as it should be: it is called live afterwards. */
function mustBeWhole(office: Office, row: InstanceRow, kind: RunKind, only: readonly string[]): void {
  const steps = blueprintOf(office, row.blueprint).steps.map(({ step }) => step);
  const strange = only.find((each) => !steps.includes(each));
  if (kind === "repair" && row.state === "live" && strange === undefined && only.length > 0) return;
  throw new Fault("rejected", {
    what:
      strange === undefined
        ? `"${row.slug}" is ${row.state}: a part of it is repaired while it is live.`
        : `"${row.slug}" has no step "${strange}".`,
    next: "Repair the whole instance.",
    field: "only",
  });
}

/**
 * What an operation left halfway is no drift: a repair would call an instance live that stands still in parts. Resuming
 * it, or taking back what is owed, comes first. Other runs would hide it, since only the latest run is gone on with.
 */
async function mustOweNothing(office: Office, query: Query, row: InstanceRow, kind: RunKind): Promise<void> {
  if (kind === "destroy") return;
  const settles = new Map([...office.operations].map(([each, operation]) => [each, operation.settles ?? []]));
  const settling = [...settles].flatMap(([by, debts]) => debts.map((debt) => ({ by, debt })));
  const [owing] = await query<{ kind: OperationKind; steps: string[] }>(
    `select r.kind, array_agg(s.step order by s.position) as steps
     from atoll.runs r join atoll.run_steps s on s.run_id = r.id and s.undo = 'owed'
     where r.instance_id = $1 and r.state = 'failed' and r.kind = any ($2) and not r.kind = any ($3) and not exists (
       select from atoll.runs l join unnest($4::text[], $5::text[]) as pays(by, debt) on pays.by = l.kind and pays.debt = r.kind
       where l.instance_id = $1 and l.number > r.number and l.state = 'succeeded')
     group by r.id, r.kind, r.number order by r.number desc limit 1`,
    [
      row.id,
      [...operationKinds],
      isOperation(kind) ? (settles.get(kind) ?? []) : [],
      settling.map(({ by }) => by),
      settling.map(({ debt }) => debt),
    ],
  );
  if (!owing) return;
  const others = settling
    .filter(({ by, debt }) => debt === owing.kind && by !== owing.kind)
    .map(({ by }) => by);
  const or = others.length === 0 ? "" : `, or ${others.join(" or ")} the instance`;
  throw new Fault("rejected", {
    what: `The ${owing.kind} of "${row.slug}" failed, and ${owing.steps.join(", ")} could not be taken back: a ${kind} does not see to that.`,
    next: `Retry its undo${or}, then ask again.`,
    field: "slug",
  });
}

async function enqueue(office: Office, client: pg.PoolClient, run: RunRow): Promise<void> {
  const workflowID = runWorkflowId(run.id, run.attempt);
  await office.dbos.enqueueInTransaction(
    client,
    {
      queueName: runsQueue,
      workflowName: workflowNames.run,
      workflowID,
      appVersion: versionFor(office.environment),
      applicationName,
    },
    { runId: run.id, workflowId: workflowID },
  );
}

/** The run, locked, or the fault that there is none. */
async function mustLock(query: Query, runId: string): Promise<RunRow> {
  const run = await lockRun(query, runId);
  if (run) return run;
  throw noRun(runId);
}

/** Refuses a run whose provider accounts this process does not hold: its workers could not find its things. */
async function mustBeOurs(office: Office, query: Query, run: RunRow): Promise<void> {
  const row = await findInstanceById(query, run.instance_id);
  if (row) mustBeHere(office, row);
}

async function mustBeLatest(query: Query, run: RunRow): Promise<void> {
  if (await isLatestRun(query, run)) return;
  throw new Fault("rejected", {
    what: `The run "${run.id}" is not the instance's latest: what it left may be in use by a later one.`,
    next: "Start a new run instead.",
  });
}

/** Goes on with a failed or cancelled run from where it stopped: what is done is looked at, not done again. */
export async function retryRun(office: Office, runId: string): Promise<void> {
  await office.db.tx(async (query, client) => {
    const run = await mustLock(query, runId);
    await mustBeOurs(office, query, run);
    if (run.state !== "failed" && run.state !== "cancelled")
      throw new Fault("rejected", {
        what: `The run "${runId}" is ${run.state}: only a failed or cancelled one can be retried.`,
        next: run.state === "undone" ? "What it made is gone: start a new run." : "Wait until it has ended.",
      });
    if (run.kind === "destroy" && run.state === "cancelled")
      throw new Fault("rejected", {
        what: "A removal that was cancelled is not gone on with: it was taken back.",
        next: "Ask for the removal anew: it asks for the slug again, and cools off again.",
      });
    await mustBeLatest(query, run);
    run.attempt = await nextAttempt(query, runId, "run");
    run.fault = null;
    await moveRun(query, run, "queued");
    await enqueue(office, client, run);
  });
}

/** Tries once more what a failed undo still owes. */
export async function retryUndoOf(office: Office, runId: string): Promise<void> {
  await office.db.tx(async (query, client) => {
    const run = await mustLock(query, runId);
    await mustBeOurs(office, query, run);
    const owed = (await listSteps(query, runId)).filter((step) => step.undo === "owed");
    if (run.state !== "failed" || run.kind === "destroy" || owed.length === 0)
      throw new Fault("rejected", {
        what: `The run "${runId}" owes no compensation.`,
        next: run.kind === "destroy" ? "Retry the run itself." : "There is nothing to do.",
      });
    await mustBeLatest(query, run);
    for (const step of owed) await noteUndo(query, runId, step.step, "registered");
    await startUndo(office, query, client, run);
  });
}

/** Whether what a run did so far stays: all but operations that are taken back, or that did nothing yet. */
async function leavesHalf(office: Office, query: Query, run: RunRow): Promise<boolean> {
  const operation = operationOf(office, run.kind);
  return !operation || isHalfway(operation, await listSteps(query, run.id));
}

/**
 * Cancels a run. Nothing more is begun; a call in flight ends first. A first provisioning is undone, any
 * other run stays where it is and can be retried.
 */
export async function cancelRun(office: Office, runId: string): Promise<void> {
  const stopped = await office.db.tx(async (query, client) => {
    const run = await mustLock(query, runId);
    await mustBeOurs(office, query, run);
    if (run.state !== "queued" && run.state !== "running" && run.state !== "waiting")
      throw new Fault("rejected", {
        what: `The run "${runId}" is ${run.state}: there is nothing to cancel.`,
        next: run.state === "undoing" ? "An undo cannot be cancelled: wait for its end." : "Nothing.",
      });
    const isCooling = run.state === "waiting";
    const begun = run.state !== "queued" || run.started_at !== null;
    await moveRun(query, run, "cancelled");
    if (isCooling) await moveInstance(query, run.instance_id, run.came_from ?? "live");
    else if (run.undoes && begun) await startUndo(office, query, client, run);
    else if (begun && (await leavesHalf(office, query, run)))
      await moveInstance(query, run.instance_id, "failed");
    return runWorkflowId(run.id, run.attempt);
  });
  // The journal has stopped it already: every look asks the run's state first. This ends the waiting, too.
  await office.dbos.cancelWorkflow(stopped, { cancelChildren: true });
}
