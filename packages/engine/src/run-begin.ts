import type { Step } from "@atoll/core/blueprint";
import { withDependents } from "@atoll/core/dependents";
import { Fault, reaction } from "@atoll/core/fault";
import type { Operation, Task } from "@atoll/core/operation";
import { isOperation } from "@atoll/core/states";
import { moveInstance } from "./journal/instances.ts";
import { lockRun, moveRun, type RunRow } from "./journal/runs.ts";
import { listSteps, prepareSteps, type StepRow, writeNote } from "./journal/steps.ts";
import { operationOf, tasksOf } from "./operation.ts";
import { type RemovalItem, releasedSteps, removalPlan } from "./removal-plan.ts";
import type { Runtime } from "./runtime.ts";
import { type Scene, sceneOfRun } from "./scene.ts";

/** What an attempt sets out to do: recorded by its workflow, so that a replay starts the same steps. */
export type Begun =
  | { is: "over" }
  /** A destroy that cools off: asked again after this time. */
  | { is: "later"; inMs: number }
  | { is: "destroy" }
  | { is: "ensure"; steps: { step: string; needs: string[] }[] };

/** A timer of Node holds 24 days at most; an hour also lets a new worker take it up in time. */
const longestSleepMs = 3_600_000;
const longestWaitMs = 600_000;

/** Moves the run to `running`, its instance along, and writes its steps down. */
export async function beginRun(rt: Runtime, runId: string): Promise<Begun> {
  await rt.mayBegin();
  const { run: asked, scene } = await sceneOfRun(rt, runId);
  const operation = operationOf(rt, asked.kind);
  if (operation) {
    const tasks = await tasksOf(rt, operation, asked, scene).catch((error: unknown) =>
      laterOn(error, rt.now() - asked.created_at.getTime()),
    );
    return "is" in tasks ? tasks : beginOperation(rt, runId, operation, tasks);
  }
  const steps = chosenSteps(scene.blueprint.steps, asked);
  const names = new Set(steps.map(({ step }) => step));
  return rt.db.tx(async (query): Promise<Begun> => {
    const run = await lockRun(query, runId);
    if (run?.state !== "queued" && run?.state !== "running" && run?.state !== "waiting")
      return { is: "over" };
    const coolsMs = (run.not_before?.getTime() ?? 0) - rt.now();
    if (run.state !== "running" && coolsMs > 0) {
      await moveInstance(query, run.instance_id, "removing");
      if (run.state === "queued") await moveRun(query, run, "waiting");
      return { is: "later", inMs: Math.min(coolsMs, longestSleepMs) };
    }
    const isNew = run.state !== "running";
    const neverLive = scene.row.live_at === null;
    const state = run.kind === "destroy" ? "removing" : neverLive ? "provisioning" : "updating";
    if (isNew) {
      await moveInstance(query, run.instance_id, state);
      const undoes = run.kind === "provision" && neverLive && !run.keep_on_failure;
      await moveRun(query, run, "running", { undoes });
    }
    if (run.kind === "destroy") return { is: "destroy" };
    if (isNew)
      await prepareSteps(
        query,
        runId,
        steps.map((step) => ({
          step: step.step,
          kind: step.does === "resource" ? step.resource.kind : step.action.kind,
          name: step.does === "resource" ? step.name(scene.known) : step.step,
        })),
      );
    return {
      is: "ensure",
      steps: steps.map((step) => ({ step: step.step, needs: step.needs.filter((need) => names.has(need)) })),
    };
  });
}

/** All steps; those of a repair of a part are that part, and what needs it. */
function chosenSteps(steps: readonly Step[], { kind, input }: RunRow): readonly Step[] {
  const { only } = Object(input) as { only?: string[] }; // as `submitRun` wrote it
  if (kind !== "repair" || only === undefined) return steps;
  const chosen = withDependents(steps, only);
  return steps.filter(({ step }) => chosen.has(step));
}

/** What keeps an operation from being begun and will pass is waited for, ten minutes in all. */
function laterOn(error: unknown, waitedMs: number): Begun & { is: "later" } {
  const passes = error instanceof Fault && reaction[error.kind].engine !== "stop";
  if (passes && waitedMs < longestWaitMs) return { is: "later", inMs: error.retryInMs ?? 2_000 };
  throw error;
}

/** Moves an operation to `running`; the instance stays in its state until the end. */
async function beginOperation(
  rt: Runtime,
  runId: string,
  { oneWay }: Operation,
  tasks: readonly Task[],
): Promise<Begun> {
  return rt.db.tx(async (query): Promise<Begun> => {
    const run = await lockRun(query, runId);
    if (run?.state !== "queued" && run?.state !== "running") return { is: "over" };
    const named = tasks.map(({ step, kind, name, needs }) => ({ step, kind, name, needs: [...needs] }));
    if (run.state === "queued") {
      await moveRun(query, run, "running", {
        undoes: !oneWay && tasks.some(({ undo }) => undo !== undefined),
      });
      await prepareSteps(query, runId, named);
    }
    return { is: "ensure", steps: named.map(({ step, needs }) => ({ step, needs })) };
  });
}

/** All that an instance has, in the order in which it goes. */
export async function beginDestroy(rt: Runtime, runId: string): Promise<RemovalItem[]> {
  await rt.mayBegin();
  const { scene } = await sceneOfRun(rt, runId);
  const targets = new Set([...scene.resources.keys(), ...scene.creates.map((each) => each.step)]);
  const items = removalPlan(scene.blueprint, targets, releasedOf(scene, true));
  await rt.db.tx(async (query) => {
    await prepareSteps(
      query,
      runId,
      items.map(({ step }) => {
        const known = scene.resources.get(step) ?? scene.creates.find((each) => each.step === step);
        return { step, kind: known?.kind ?? "", name: known?.name ?? step };
      }),
    );
    // The journal's row goes with the thing: afterwards this says what was removed.
    for (const { step } of items) {
      const row = scene.resources.get(step);
      if (row !== undefined) await writeNote(query, runId, step, scene.redact({ id: row.provider_id }));
    }
  });
  return items;
}

/** What this run created and what ends with it, in the order in which it goes. */
export async function beginUndo(rt: Runtime, runId: string): Promise<RemovalItem[]> {
  await rt.mayBegin();
  const { run, scene } = await sceneOfRun(rt, runId);
  if (isOperation(run.kind)) return takenBack(await listSteps(rt.db.query, runId));
  const created = new Set(scene.creates.filter((each) => each.run_id === runId).map((each) => each.step));
  // What came with its parent (keys, a database) was found, not created: it goes where its parent goes.
  const inside = scene.blueprint.steps.filter(
    (step) =>
      step.does === "resource" &&
      step.resource.removal === "with-parent" &&
      scene.resources.has(step.step) &&
      !created.has(step.step),
  );
  const released = releasedOf(scene, false);
  const brought = [...released].filter((step) => scene.resources.has(step));
  const targets = new Set([...created, ...inside.map((each) => each.step), ...brought]);
  const items = removalPlan(scene.blueprint, targets, released);
  return items.filter((item) => created.has(item.step) || item.does === "check" || item.does === "release");
}

const releasedOf = (scene: Scene, isDestroy: boolean) =>
  releasedSteps(scene.blueprint.steps, (step) => scene.resources.get(step)?.origin === "adopted", isDestroy);

/** The tasks that were begun, in reverse: each after those that need it. */
function takenBack(steps: readonly StepRow[]): RemovalItem[] {
  const begun = steps.filter(({ undo }) => undo === "registered").toReversed();
  const needsIt = (step: StepRow, name: string): boolean =>
    (step.needs ?? []).some((need) => {
      const found = steps.find((each) => each.step === need);
      return need === name || (found !== undefined && needsIt(found, name));
    });
  return begun.map(({ step }) => ({
    step,
    does: "take-back",
    after: begun.filter((each) => needsIt(each, step)).map((each) => each.step),
  }));
}
