import { moveInstance } from "./journal/instances.ts";
import { lockRun, moveRun } from "./journal/runs.ts";
import { prepareSteps } from "./journal/steps.ts";
import { type RemovalItem, releasedSteps, removalPlan } from "./removal-plan.ts";
import type { Runtime } from "./runtime.ts";
import { type Scene, sceneOfRun } from "./scene.ts";

/** What an attempt sets out to do: recorded by its workflow, so that a replay starts the same steps. */
export type Begun =
  | { is: "over" }
  | { is: "destroy" }
  | { is: "ensure"; steps: { step: string; needs: string[] }[] };

/** Moves the run to `running`, its instance along, and writes its steps down. */
export async function beginRun(rt: Runtime, runId: string): Promise<Begun> {
  await rt.mayBegin();
  const { scene } = await sceneOfRun(rt, runId);
  const steps = scene.blueprint.steps;
  return rt.db.tx(async (query): Promise<Begun> => {
    const run = await lockRun(query, runId);
    if (!run || (run.state !== "queued" && run.state !== "running")) return { is: "over" };
    const isNew = run.state === "queued";
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
    return { is: "ensure", steps: steps.map((step) => ({ step: step.step, needs: [...step.needs] })) };
  });
}

/** All that an instance has, in the order in which it goes. */
export async function beginDestroy(rt: Runtime, runId: string): Promise<RemovalItem[]> {
  await rt.mayBegin();
  const { scene } = await sceneOfRun(rt, runId);
  const targets = new Set([...scene.resources.keys(), ...scene.creates.map((each) => each.step)]);
  const items = removalPlan(scene.blueprint, targets, releasedOf(scene, true));
  await rt.db.tx((query) =>
    prepareSteps(
      query,
      runId,
      items.map(({ step }) => {
        const known = scene.resources.get(step) ?? scene.creates.find((each) => each.step === step);
        return { step, kind: known?.kind ?? "", name: known?.name ?? step };
      }),
    ),
  );
  return items;
}

/** What this run created and what ends with it, in the order in which it goes. */
export async function beginUndo(rt: Runtime, runId: string): Promise<RemovalItem[]> {
  await rt.mayBegin();
  const { scene } = await sceneOfRun(rt, runId);
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
