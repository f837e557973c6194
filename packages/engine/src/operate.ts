import type { ResourceStep } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import type { Look, Operation, Task } from "@atoll/core/operation";
import { type Did, finish, park } from "./finish-step.ts";
import { insertIntent, settleIntent } from "./journal/intents.ts";
import { noteDid, noteUndo, writeNote } from "./journal/steps.ts";
import { tasksOf } from "./operation.ts";
import { mustBeGone, type Removal, removeThing } from "./remove.ts";
import { stepOf, tell } from "./scene.ts";
import { attempt } from "./send.ts";
import { limits, settlePause, type Tick, waitingFor } from "./waits.ts";
import type { Work } from "./work.ts";

const mostActs = 5;

/** A task of the operation by name. */
export async function taskOf({ rt, run, scene }: Work, operation: Operation, name: string): Promise<Task> {
  const task = (await tasksOf(rt, operation, run, scene)).find(({ step }) => step === name);
  if (task) return task;
  throw new Fault("rejected", {
    what: `The ${operation.kind} has no task "${name}" any more.`,
    next: "Start a new run.",
  });
}

/** Does one task: looks, acts, looks again. What a crash cut off is looked at anew. */
export async function operate(work: Work, task: Task): Promise<Tick> {
  const { rt, progress } = work;
  await rt.stillOurs();
  if (task.removesThing) return removeThingOf(work, task);
  const look = await task.look();
  if (look.is === "done") return done(work, task, look);
  if (look.is === "wait") return wait(work, task, look);
  if (progress.applies >= mostActs)
    throw new Fault("rejected", {
      what: `Task "${task.step}" did not come to its end: it still ${look.says} after it was done ${mostActs} times.`,
      next: "Look at the provider for who sets it otherwise, then retry the run.",
    });
  await act(work, task, look);
  // Looked at again at once, by a tick of its own: what was done is recorded by then.
  return { is: "wait", waitMs: 0, progress: { ...progress, applies: progress.applies + 1 } };
}

async function act(work: Work, task: Task, look: Look & { is: "todo" }): Promise<void> {
  const { rt, run, scene } = work;
  const where = { runId: run.id, step: task.step };
  const intent = await rt.db.tx(async (query) => {
    // Registered before the act: one that was cut off halfway is taken back too.
    if (task.undo && run.undoes) await noteUndo(query, run.id, task.step, "registered");
    if (look.note !== undefined) await writeNote(query, run.id, task.step, scene.redact(look.note));
    await tell(query, scene, run.id, {
      type: "step-applying",
      step: task.step,
      changes: [
        { path: look.says, act: look.does === "create" || look.does === "remove" ? look.does : "update" },
      ],
    });
    return insertIntent(query, {
      instanceId: scene.row.id,
      ...where,
      kind: task.kind,
      name: task.name,
      within: undefined,
      // "create" is said of the blueprint's own things only: undo and destroy go by it.
      does: look.does === "remove" ? "remove" : look.does === "send" ? "send" : "update",
      paths: [look.says],
    });
  });
  await rt.pause("intent-committed", where);
  await rt.stillOurs();
  const note = await attempt(work, intent, () => task.act({ stillOurs: () => rt.stillOurs() }));
  await rt.pause("applied-not-recorded", where);
  await rt.db.tx(async (query) => {
    await settleIntent(query, intent, "applied");
    await noteDid(query, run.id, task.step, task.did ?? didOf[look.does]);
    if (note !== undefined) await writeNote(query, run.id, task.step, scene.redact(note));
  });
  await rt.pause("recorded", where);
}

/** Removes the thing of a blueprint's step; its id is noted, since the journal's row goes with it. */
async function removeThingOf(work: Work, { step: name }: Task): Promise<Tick> {
  const { rt, run, scene } = work;
  const step = stepOf(scene, name);
  const row = scene.resources.get(name);
  // Struck from the journal before a worker died: it was seen gone.
  if (step.does !== "resource" || row === undefined) return finish(work, name, "removed");
  await writeNote(rt.db.query, run.id, name, { id: row.provider_id });
  const removal = await seenGone(work, step);
  if (removal.is === "wait") return park(work, name, removal.why, removal.waitMs, removal.progress);
  await rt.pause("removal-recorded", { runId: run.id, step: name });
  return finish(work, name, "removed");
}

/** What ends with its home is looked at only. */
async function seenGone(work: Work, step: ResourceStep): Promise<Removal> {
  if (step.resource.removal === "own") return removeThing(work, step);
  await mustBeGone(work, step);
  return { is: "gone", removed: false };
}

const didOf = {
  create: "created",
  update: "updated",
  remove: "removed",
  send: "sent",
} as const satisfies Record<string, Did>;

async function done(work: Work, task: Task, { note, says }: Look & { is: "done" }): Promise<Tick> {
  const { rt, run, scene } = work;
  if (note !== undefined) await writeNote(rt.db.query, run.id, task.step, scene.redact(note));
  return finish(work, task.step, "kept", says && scene.redact(says));
}

async function wait(work: Work, task: Task, { why, retryInMs }: Look & { is: "wait" }): Promise<Tick> {
  const { rt } = work;
  const { settleMs } = limits(task, rt.timeScale);
  const progress = waitingFor("settling", work.progress, rt.now());
  if (progress.waitedMs > settleMs)
    throw new Fault("rejected", {
      what: `Task "${task.step}" did not settle within ${Math.round((settleMs * rt.timeScale) / 1000)} s: ${why}.`,
      next: "Look at it at the provider; when it is ready, retry the run.",
    });
  return park(work, task.step, why, settlePause(retryInMs, progress.waitedMs, rt.timeScale), progress);
}
