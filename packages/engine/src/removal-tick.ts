import type { ResourceStep } from "@atoll/core/blueprint";
import type { FaultReport } from "@atoll/core/event";
import { Fault, Held, OutOfReach, reaction } from "@atoll/core/fault";
import { alone } from "./claim.ts";
import { rethrowControl } from "./control.ts";
import { JournalLostError } from "./database.ts";
import { insertIntent, settleIntent } from "./journal/intents.ts";
import { endStep, noteUndo } from "./journal/steps.ts";
import { taskOf } from "./operate.ts";
import { operationOf } from "./operation.ts";
import type { RemovalItem } from "./removal-plan.ts";
import { forget, mustBeGone, removeThing } from "./remove.ts";
import { passing, reportOf } from "./report.ts";
import type { Runtime } from "./runtime.ts";
import { recordedAddressOf, sceneOfRun, stepOf, tell } from "./scene.ts";
import { attempt } from "./send.ts";
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

const busyPauseMs = 50;
const lostDatabasePauseMs = 1_000;
/** A client's own thing that does not answer may be gone for good: it is not waited for as long as ours. */
const clientsSettleMs = 120_000;

/** One look at a thing that has to go. Each is independent: what fails here is noted and stops none of the others. */
export async function removalTick(
  rt: Runtime,
  runId: string,
  item: RemovalItem,
  progress: Progress,
): Promise<Tick> {
  await rt.mayBegin();
  try {
    const { run, scene } = await sceneOfRun(rt, runId);
    if (run.state !== "undoing" && run.state !== "running") return { is: "stopped" };
    const work: Work = { rt, run, scene, progress };
    const tick = await alone(rt, scene.row.id, item.step, () => inItsName(work, () => guarded(work, item)));
    return tick ?? { is: "wait", waitMs: busyPauseMs, progress };
  } catch (error) {
    rethrowControl(error);
    if (error instanceof JournalLostError) return { is: "wait", waitMs: lostDatabasePauseMs, progress };
    throw error;
  }
}

async function guarded(work: Work, item: RemovalItem): Promise<Tick> {
  try {
    if (item.does === "take-back") return await takeBack(work, item.step);
    if (item.does === "keep") return await settled(work, item.step, "kept", false);
    const step = stepOf(work.scene, item.step);
    if (step.does !== "resource") return await settled(work, item.step, "done", false);
    const row = work.scene.resources.get(item.step);
    // Struck from the journal before a worker died: it was seen gone, and nothing says any more where it was.
    if (!row && !work.scene.creates.some((each) => each.step === item.step))
      return await settled(work, item.step, "done", false);
    if (item.does === "release") return await giveBack(work, step);
    if (row?.origin === "adopted" && step.resource.removal === "own")
      return await settled(work, item.step, "kept", false);
    if (item.does === "check") {
      await mustBeGone(work, step);
      return await settled(work, item.step, "done", false);
    }
    const removal = await removeThing(work, step);
    if (removal.is === "wait") return removal;
    await work.rt.pause("removal-recorded", { runId: work.run.id, step: item.step });
    return await settled(work, item.step, "done", removal.removed);
  } catch (error) {
    rethrowControl(error);
    if (error instanceof JournalLostError) throw error;
    return await afterFault(work, item, error);
  }
}

/** A task of an operation, begun or done: what it did is taken back. */
async function takeBack(work: Work, name: string): Promise<Tick> {
  const operation = operationOf(work.rt, work.run.kind);
  const task = operation && (await taskOf(work, operation, name));
  await work.rt.stillOurs();
  await task?.undo?.();
  return settled(work, name, "done", false);
}

/** A client brought it, or what it stands in: what marks it as ours goes, and it stays. */
async function giveBack(work: Work, step: ResourceStep): Promise<Tick> {
  const { rt, run, scene } = work;
  const { resource } = step;
  const at = recordedAddressOf(scene, step);
  if (resource.release) {
    const where = { runId: run.id, step: step.step };
    const intent = await insertIntent(rt.db.query, {
      instanceId: scene.row.id,
      ...where,
      kind: resource.kind,
      name: at.name,
      within: at.within,
      does: "remove",
      paths: ["mark"],
    });
    await rt.stillOurs();
    await attempt(work, intent, async () => resource.release?.(at));
    await rt.pause("removed-not-recorded", where);
    await settleIntent(rt.db.query, intent, "applied");
  }
  await forget(work, step);
  return settled(work, step.step, "kept", false, resource.brought?.remains);
}

/**
 * One of the things that a step needed could not be removed. If what it lived in went all the same, it is struck
 * from the journal now; otherwise it goes with that, when the removal is retried.
 */
export async function glance(rt: Runtime, runId: string, name: string): Promise<void> {
  await rt.mayBegin();
  const { run, scene } = await sceneOfRun(rt, runId);
  const step = stepOf(scene, name);
  if (step.does !== "resource" || !scene.resources.has(name)) return;
  try {
    const seen = await step.resource.observe(recordedAddressOf(scene, step));
    if (seen.is === "absent") await forget({ rt, run, scene, progress: start }, step);
  } catch (error) {
    rethrowControl(error);
    if (!(error instanceof Fault)) throw error; // a fault here costs nothing: it is looked at again
  }
}

async function settled(
  { rt, run, scene }: Work,
  step: string,
  undo: "done" | "kept",
  removed: boolean,
  remains?: string,
): Promise<Tick> {
  await rt.db.tx(async (query) => {
    if (run.kind === "destroy")
      await endStep(query, run.id, step, { state: "done", did: removed ? "removed" : "kept" });
    if (await noteUndo(query, run.id, step, undo))
      await tell(query, scene, run.id, {
        type: "undo-done",
        step,
        removed,
        ...(remains !== undefined && { remains }),
      });
  });
  return { is: "done" };
}

async function afterFault(work: Work, item: RemovalItem, met: unknown): Promise<Tick> {
  const { rt, run, scene, progress } = work;
  const error = passing(met);
  if (error instanceof Held) {
    const waitMs = heldPause(error, Date.now()); // `untilMs` is of this machine, `rt.now` of the database
    return { is: "wait", waitMs, progress: standingStill(progress, rt.now(), waitMs) };
  }
  const fault = reportOf(error, scene.redact);
  const step = scene.blueprint.steps.find((each) => each.step === item.step);
  const { settleMs: longest } = limits(step?.does === "resource" ? step.resource : undefined, rt.timeScale);
  const isLost = item.does === "release" && error instanceof OutOfReach;
  const settleMs = isLost ? Math.min(longest, clientsSettleMs / rt.timeScale) : longest;
  if (error instanceof Fault && reaction[error.kind].engine !== "stop") {
    const trouble = waitingFor("trouble", work.progress, rt.now());
    if (trouble.waitedMs <= settleMs)
      return {
        is: "wait",
        waitMs: faultPause(error, trouble.waits, () => rt.random(), rt.timeScale),
        progress: { ...trouble, applies: progress.applies },
      };
  }
  if (isLost && step?.does === "resource") return leave(work, step, fault.what);
  if (!(error instanceof Fault)) rt.log({ level: "error", run: run.id, step: item.step, ...fault });
  return owe(work, item.step, fault);
}

/** Nobody can give it back any more: that is said, and stands in no way of the end. `why` = a whole sentence. */
async function leave(work: Work, step: ResourceStep, why: string): Promise<Tick> {
  await forget(work, step);
  const { remains = "the thing itself" } = step.resource.brought ?? {};
  return settled(work, step.step, "kept", false, `${remains}; our mark could not be taken off: ${why}`);
}

/** Notes a removal that met a bug of the engine itself as owed, like any other that failed. */
export async function breakRemoval(rt: Runtime, runId: string, step: string, error: unknown): Promise<void> {
  await rt.mayBegin();
  const { run, scene } = await sceneOfRun(rt, runId);
  const fault = reportOf(error, scene.redact);
  rt.log({ level: "error", run: runId, step, ...fault });
  await owe({ rt, run, scene, progress: start }, step, fault);
}

async function owe({ rt, run, scene }: Work, step: string, fault: FaultReport): Promise<Tick> {
  await rt.db.tx(async (query) => {
    if (run.kind === "destroy") await endStep(query, run.id, step, { state: "failed", fault });
    if (await noteUndo(query, run.id, step, "owed", fault))
      await tell(query, scene, run.id, { type: "undo-failed", step, fault });
  });
  return { is: "failed" };
}
