import type { ResourceStep } from "@atoll/core/blueprint";
import type { Change } from "@atoll/core/change";
import { Fault } from "@atoll/core/fault";
import type { Observed } from "@atoll/core/resource";
import { create } from "./create.ts";
import { finish, park } from "./finish-step.ts";
import { insertIntent, settleIntent } from "./journal/intents.ts";
import { recordObserved, recordResource } from "./journal/resources.ts";
import { dropSecrets, storeSecrets } from "./journal/secrets.ts";
import { noteDid } from "./journal/steps.ts";
import { claimed } from "./plan.ts";
import { clearForReplace, removeUnwanted } from "./remove.ts";
import { addressOf, attrsStem, begunAt, contextOf, inputsStem, loadScene, tell } from "./scene.ts";
import { takeSecrets } from "./seal.ts";
import { attempt } from "./send.ts";
import { limits, settlePause, type Tick, waitingFor } from "./waits.ts";
import type { Work } from "./work.ts";

const looksInARow = 3; // after a write it is looked at again at once; then others get their turn
const mostApplies = 10;

/** Ensures one thing: observe, compare, apply, observe again. */
export async function converge(work: Work, step: ResourceStep): Promise<Tick> {
  const { rt, run, scene } = work;
  if (!step.when(scene.known)) return removeUnwanted(work, step);
  for (let look = 0; look < looksInARow; look++) {
    await rt.stillOurs();
    const seen = await step.resource.observe(addressOf(work.scene, step));
    if (seen.is === "settling") return settle(work, step, seen);
    if (seen.is === "absent") {
      const tick = await create(work, step);
      if (tick) return tick;
    } else {
      if (seen.owner === "other") throw notOurs(work, step);
      await recordFound(work, step, seen.id);
      const want = step.want(contextOf(work.scene, step));
      const changes = step.resource.compare(want, seen.attrs);
      if (changes.length === 0) return converged(work, step, want, seen.attrs);
      const tick = await change(work, step, seen.attrs, want, changes);
      if (tick) return tick;
    }
    work.scene = await loadScene(rt, scene.row, run.answers ?? undefined);
  }
  return { is: "wait", waitMs: 0, progress: work.progress };
}

/** The fault for something that stands under our name and is not provably ours. */
function notOurs({ scene }: Work, step: ResourceStep): Fault {
  const { name } = addressOf(scene, step);
  const { brought } = step.resource;
  if (brought) {
    const { why: what, next, field } = claimed(brought.field);
    return new Fault("not-ours", { what, next, field });
  }
  return new Fault("not-ours", {
    what: `There is a ${step.resource.kind} "${name}" already, and nothing proves that it belongs to "${scene.row.slug}".`,
    next: "Rename or move what stands there, or take another slug, then retry the run.",
  });
}

async function settle(
  work: Work,
  step: ResourceStep,
  seen: Observed<unknown> & { is: "settling" },
): Promise<Tick> {
  const { rt } = work;
  const { settleMs } = limits(step.resource, rt.timeScale);
  const progress = waitingFor("settling", work.progress, rt.now());
  const { waitedMs } = progress;
  if (waitedMs > settleMs)
    throw new Fault("rejected", {
      what: `The ${step.resource.kind} of step "${step.step}" did not settle within ${Math.round((settleMs * rt.timeScale) / 1000)} s${seen.why ? `: ${seen.why}` : ""}.`,
      next: "Look at it at the provider; when it is ready, retry the run.",
    });
  return park(
    work,
    step.step,
    seen.why ?? "settling",
    settlePause(seen.retryInMs, waitedMs, rt.timeScale),
    progress,
  );
}

/** Something ours is there. Found after a create whose answer was lost: created by us. Without one: adopted. */
async function recordFound({ rt, run, scene }: Work, step: ResourceStep, id: string): Promise<void> {
  const row = scene.resources.get(step.step);
  const at = addressOf(scene, step);
  const begun = begunAt(scene, step, at);
  if (at.id === id && begun.every((each) => each.outcome !== null)) return;
  await rt.db.tx(async (query) => {
    await recordResource(query, scene.row.id, {
      step: step.step,
      kind: step.resource.kind,
      name: at.name,
      within: at.within,
      id,
      origin: begun.length > 0 ? "created" : "adopted",
      runId: begun[0]?.run_id,
      version: step.resource.version ?? 1,
      applied: false,
    });
    for (const each of begun) if (each.outcome === null) await settleIntent(query, each.id, "found");
    if (!row && begun.length > 0) await noteDid(query, run.id, step.step, "created");
  });
}

async function converged(work: Work, step: ResourceStep, want: unknown, attrs: unknown): Promise<Tick> {
  const { rt, scene } = work;
  const seen = takeSecrets(attrs, attrsStem(step.step));
  const wanted = takeSecrets(want, inputsStem(step.step));
  await rt.db.tx(async (query) => {
    for (const stem of [attrsStem(step.step), inputsStem(step.step)])
      await dropSecrets(query, scene.row.id, stem);
    await storeSecrets(query, rt.vault, scene.row.id, new Map([...seen.secrets, ...wanted.secrets]));
    await recordObserved(query, scene.row.id, step.step, {
      attrs: seen.json,
      inputs: wanted.json,
      version: step.resource.version ?? 1,
    });
  });
  return finish(work, step.step, "kept");
}

/** Applies changes to a thing that is there. Undefined = done, look again. */
async function change(
  work: Work,
  step: ResourceStep,
  live: unknown,
  want: unknown,
  changes: Change[],
): Promise<Tick | undefined> {
  const { rt, run, scene, progress } = work;
  const held = changes.find((each) => each.act === "replace" && each.holdsData);
  if (held)
    throw new Fault("rejected", {
      what: `"${held.path}" of step "${step.step}" can only change by replacing it, which would lose its data.`,
      next: "Set it back to what it was, or move the data by hand and remove the old one first.",
      field: held.path,
    });
  const waited = await notYetVisible(work, step, changes);
  if (waited) return waited;
  if (step.resource.removal === "own" && changes.some((each) => each.act === "replace"))
    return clearForReplace(work, step);
  const paths = changes.map((each) => each.path);
  const at = addressOf(scene, step);
  const where = { runId: run.id, step: step.step };
  const intent = await rt.db.tx(async (query) => {
    await tell(query, scene, run.id, { type: "step-applying", step: step.step, changes });
    return insertIntent(query, {
      instanceId: scene.row.id,
      ...where,
      kind: step.resource.kind,
      name: at.name,
      within: at.within,
      does: "update",
      paths,
    });
  });
  await rt.pause("intent-committed", where);
  await rt.stillOurs();
  const id = await attempt(work, intent, () => step.resource.apply({ at, want, live, changes }));
  await rt.pause("applied-not-recorded", where);
  await rt.db.tx(async (query) => {
    await settleIntent(query, intent, "applied");
    await recordResource(query, scene.row.id, {
      step: step.step,
      kind: step.resource.kind,
      name: at.name,
      within: at.within,
      id,
      origin: "adopted", // of a new row only; the one that is there keeps its own
      runId: undefined,
      version: step.resource.version ?? 1,
      applied: true,
    });
    await noteDid(query, run.id, step.step, "updated");
  });
  await rt.pause("recorded", where);
  work.progress = { ...progress, applied: { paths, at: rt.now() }, applies: progress.applies + 1 };
  return undefined;
}

/** The same difference after we applied it: a reading that lags is waited for, one that stays is a failure. */
async function notYetVisible(work: Work, step: ResourceStep, changes: Change[]): Promise<Tick | undefined> {
  const { rt, progress } = work;
  const again = changes.filter((each) => progress.applied?.paths.includes(each.path));
  if (again.length === 0 && progress.applies < mostApplies) return undefined;
  const { graceMs } = limits(step.resource, rt.timeScale);
  const sinceMs = rt.now() - (progress.applied?.at ?? 0);
  if (again.length > 0 && sinceMs <= graceMs) {
    const waiting = waitingFor("change", progress, rt.now());
    const pauseMs = settlePause(500, waiting.waitedMs, rt.timeScale);
    return park(work, step.step, "waits until the change can be seen", pauseMs, waiting);
  }
  const paths = (again.length > 0 ? again : changes).map((each) => each.path || step.step).join(", ");
  throw new Fault("rejected", {
    what: `Step "${step.step}" did not converge: ${paths} still differs after it was set.`,
    next: "Look at the provider for who sets it otherwise, then retry the run.",
  });
}
