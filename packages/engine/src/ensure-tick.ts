import type { FaultReport } from "@atoll/core/event";
import { Fault, Held, reaction } from "@atoll/core/fault";
import { alone } from "./claim.ts";
import { rethrowControl } from "./control.ts";
import { converge } from "./converge.ts";
import { JournalLostError } from "./database.ts";
import { park } from "./finish-step.ts";
import { rememberFault } from "./journal/runs.ts";
import { endStep, parkStep, startStep } from "./journal/steps.ts";
import { operate, taskOf } from "./operate.ts";
import { operationOf } from "./operation.ts";
import { passing, reportOf } from "./report.ts";
import type { Runtime } from "./runtime.ts";
import { sceneOfRun, stepOf, tell } from "./scene.ts";
import { send } from "./send.ts";
import {
  faultPause,
  heldPause,
  limits,
  type Progress,
  standingStill,
  start,
  type Tick,
  waitingFor,
} from "./waits.ts";
import { inItsName, type Work } from "./work.ts";

const busyPauseMs = 100;
const lostDatabasePauseMs = 1_000;

/**
 * One look at a step, and what follows from it. Runs at least once for each recorded tick: after a crash
 * it runs again, which is why everything in it looks before it acts.
 */
export async function ensureTick(
  rt: Runtime,
  runId: string,
  name: string,
  progress: Progress,
): Promise<Tick> {
  await rt.mayBegin();
  try {
    const { run, scene } = await sceneOfRun(rt, runId);
    if (run.state !== "running" || (run.undoes && run.fault))
      return await stopStep({ rt, run, scene, progress }, name);
    const work: Work = { rt, run, scene, progress };
    const tick = await alone(rt, scene.row.id, name, () => inItsName(work, () => guarded(work, name)));
    return tick ?? { is: "wait", waitMs: busyPauseMs, progress };
  } catch (error) {
    rethrowControl(error);
    // Nothing is known to be wrong with the step: only the journal could not be reached.
    if (error instanceof JournalLostError) return { is: "wait", waitMs: lostDatabasePauseMs, progress };
    throw error;
  }
}

/** Ends a step whose needs failed: it was never begun. */
export async function skipStep(rt: Runtime, runId: string, name: string): Promise<void> {
  const { run, scene } = await sceneOfRun(rt, runId);
  await stopStep({ rt, run, scene, progress: start }, name);
}

/** Ends a step that met a bug of the engine itself: those who wait for it must not wait for ever. */
export async function breakStep(rt: Runtime, runId: string, name: string, error: unknown): Promise<void> {
  await rt.mayBegin();
  const { run, scene } = await sceneOfRun(rt, runId);
  const report = reportOf(error, scene.redact);
  rt.log({ level: "error", run: runId, step: name, ...report });
  await fail({ rt, run, scene, progress: start }, name, report);
}

async function stopStep({ rt, run, scene }: Work, name: string): Promise<Tick> {
  await rt.db.tx(async (query) => {
    const ended = await endStep(query, run.id, name, { state: "skipped", did: "skipped" });
    if (ended)
      await tell(query, scene, run.id, { type: "step-done", step: name, did: "skipped", durationMs: 0 });
  });
  return { is: "stopped" };
}

async function guarded(work: Work, name: string): Promise<Tick> {
  try {
    const operation = operationOf(work.rt, work.run.kind);
    if (operation) {
      const task = await taskOf(work, operation, name);
      if (work.progress.why === undefined) await begin(work, name, task);
      return await operate(work, task);
    }
    const step = stepOf(work.scene, name);
    const told =
      step.does === "resource"
        ? { kind: step.resource.kind, name: step.name(work.scene.known) }
        : { kind: step.action.kind, name };
    if (work.progress.why === undefined) await begin(work, name, told); // one that waits has begun already
    return step.does === "resource" ? await converge(work, step) : await send(work, step);
  } catch (error) {
    rethrowControl(error);
    if (error instanceof JournalLostError) throw error;
    return afterFault(work, name, error);
  }
}

async function begin(
  { rt, run, scene }: Work,
  name: string,
  told: { kind: string; name: string },
): Promise<void> {
  await rt.db.tx(async (query) => {
    if (!(await startStep(query, run.id, name))) return;
    await tell(query, scene, run.id, { type: "step-started", step: name, kind: told.kind, name: told.name });
  });
}

/** The table of reactions in core says who repeats what; here it is done. */
async function afterFault(work: Work, name: string, met: unknown): Promise<Tick> {
  const { rt, scene, progress } = work;
  const error = passing(met);
  if (error instanceof Held) {
    const waitMs = heldPause(error, Date.now()); // `untilMs` is of this machine, `rt.now` of the database
    return park(work, name, scene.redact(error.why), waitMs, standingStill(progress, rt.now(), waitMs));
  }
  const report = reportOf(error, scene.redact);
  if (!(error instanceof Fault)) rt.log({ level: "error", run: work.run.id, step: name, ...report });
  if (!(error instanceof Fault) || reaction[error.kind].engine === "stop") return fail(work, name, report);
  const step = scene.blueprint.steps.find((each) => each.step === name);
  const { settleMs } = limits(step?.does === "resource" ? step.resource : undefined, rt.timeScale);
  const trouble = waitingFor("trouble", progress, rt.now());
  if (trouble.waitedMs > settleMs) return fail(work, name, report);
  const waitMs = faultPause(error, trouble.waits, () => rt.random(), rt.timeScale);
  const retryAt = new Date(rt.now() + waitMs).toISOString();
  await rt.db.tx(async (query) => {
    await parkStep(query, work.run.id, name, report.what, waitMs);
    await tell(query, scene, work.run.id, { type: "step-retrying", step: name, fault: report, retryAt });
  });
  return { is: "wait", waitMs, progress: trouble };
}

async function fail({ rt, run, scene }: Work, name: string, fault: FaultReport): Promise<Tick> {
  await rt.db.tx(async (query) => {
    const ended = await endStep(query, run.id, name, { state: "failed", fault });
    if (!ended) return;
    await rememberFault(query, run.id, fault);
    await tell(query, scene, run.id, {
      type: "step-failed",
      step: name,
      fault,
      durationMs: ended.durationMs,
    });
  });
  return { is: "failed" };
}
