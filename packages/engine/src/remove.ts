import type { ResourceStep } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import { finish, park } from "./finish-step.ts";
import { closeCreates, doubtOpen, insertIntent, settleIntent } from "./journal/intents.ts";
import { deleteResource } from "./journal/resources.ts";
import { dropSecrets } from "./journal/secrets.ts";
import { attrsStem, inputsStem, loadScene, recordedAddressOf } from "./scene.ts";
import { attempt } from "./send.ts";
import { limits, type Progress, settlePause, type Tick, waitingFor } from "./waits.ts";
import type { Work } from "./work.ts";

/** How far a removal came. `removed` = it was there and we removed it. */
export type Removal =
  | { is: "gone"; removed: boolean }
  | { is: "wait"; why: string; waitMs: number; progress: Progress };

const looksInARow = 2;

/**
 * Sees to it that a thing which we created is not there: observe, remove, observe. What is not provably
 * ours is left alone; something whose create is still in doubt is looked for until the grace is over.
 */
export async function removeThing(work: Work, step: ResourceStep): Promise<Removal> {
  const { rt, run } = work;
  for (let look = 0; look < looksInARow; look++) {
    await rt.stillOurs();
    const at = recordedAddressOf(work.scene, step);
    const seen = await step.resource.observe(at);
    if (seen.is === "absent" && (await inDoubt(work, step)))
      return wait(work, step, "looks whether it was made");
    if (seen.is === "present" && seen.owner === "other" && seen.id === at.id) throw unmarked(step, at.name);
    if (seen.is === "absent" || (seen.is === "present" && seen.owner === "other")) {
      await forget(work, step);
      return { is: "gone", removed: work.progress.applies > 0 };
    }
    // While it settles nobody says whose it is; only an id that our own create gave back proves it.
    if (seen.is === "settling" && seen.id !== at.id) return wait(work, step, seen.why ?? "settling");
    const where = { runId: run.id, step: step.step };
    const intent = await insertIntent(rt.db.query, {
      instanceId: work.scene.row.id,
      ...where,
      kind: step.resource.kind,
      name: at.name,
      within: at.within,
      does: "remove",
      paths: [],
    });
    await rt.stillOurs();
    await attempt(work, intent, () => step.resource.remove(seen.id));
    await rt.pause("removed-not-recorded", where);
    await settleIntent(rt.db.query, intent, "applied");
    work.progress = { ...work.progress, applies: work.progress.applies + 1 };
  }
  return wait(work, step, "removed, waits until it is gone");
}

/** We made this very thing, and it does not say so any more: neither ours to delete blindly, nor gone. */
function unmarked(step: ResourceStep, name: string): Fault {
  return new Fault("not-ours", {
    what: `The ${step.resource.kind} "${name}" was made by us and does not carry our mark any more.`,
    next: "Remove it by hand at the provider, or put the mark back, then try again.",
  });
}

async function inDoubt({ rt, scene, progress }: Work, step: ResourceStep): Promise<boolean> {
  if (progress.applies > 0) return false; // we removed it ourselves just now
  const { graceMs } = limits(step.resource, rt.timeScale);
  const row = scene.resources.get(step.step);
  const begun = scene.creates.filter((each) => each.step === step.step);
  const open = (await doubtOpen(rt.db.query, begun)).some((each) => each.age_ms < graceMs);
  // Made a moment ago and not visible yet: believed to be gone only once we removed it ourselves.
  return open || (row?.origin === "created" && row.applied_ms_ago < graceMs && row.observed_at === null);
}

function wait({ rt, progress }: Work, step: ResourceStep, why: string): Removal {
  const waiting = waitingFor(why, progress, rt.now());
  const { waitedMs } = waiting;
  const { settleMs } = limits(step.resource, rt.timeScale);
  if (waitedMs > settleMs)
    throw new Fault("rejected", {
      what: `The ${step.resource.kind} of step "${step.step}" is still there ${Math.round((settleMs * rt.timeScale) / 1000)} s after it should be gone.`,
      next: "Look at it at the provider, remove what holds it, then retry the undo.",
    });
  return { is: "wait", why, waitMs: settlePause(1_000, waitedMs, rt.timeScale), progress: waiting };
}

/** What it lived in is gone; it is only looked at. Where looking is no longer possible, that proves it too. */
export async function mustBeGone(work: Work, step: ResourceStep): Promise<void> {
  const seen = await step.resource.observe(recordedAddressOf(work.scene, step));
  if (seen.is !== "absent" && !(seen.is === "present" && seen.owner === "other"))
    throw new Fault("try-again", {
      what: `The ${step.resource.kind} of step "${step.step}" is still there, though what it lived in was removed.`,
      next: "Look at the provider; once it is gone, retry it.",
    });
  await forget(work, step);
}

/** Strikes a thing that is gone from the journal, with the secrets that it gave. */
export async function forget({ rt, scene }: Work, step: ResourceStep): Promise<void> {
  await rt.db.tx(async (query) => {
    await closeCreates(query, scene.row.id, step.step);
    await deleteResource(query, scene.row.id, step.step);
    for (const stem of [attrsStem(step.step), inputsStem(step.step)])
      await dropSecrets(query, scene.row.id, stem);
  });
}

/** An instance that does not want this thing: what it had of it is removed, if we made it. */
export async function removeUnwanted(work: Work, step: ResourceStep): Promise<Tick> {
  const row = work.scene.resources.get(step.step);
  const begun = work.scene.creates.some((each) => each.step === step.step);
  const ours = row ? row.origin === "created" : begun;
  if (!ours || step.resource.removal === "with-parent") {
    if (row) await forget(work, step);
    return finish(work, step.step, "skipped");
  }
  const removal = await removeThing(work, step);
  if (removal.is === "wait") return park(work, step.step, removal.why, removal.waitMs, removal.progress);
  return finish(work, step.step, removal.removed ? "removed" : "skipped");
}

/** Makes room for a thing that cannot change in place. Undefined = gone, look again. */
export async function clearForReplace(work: Work, step: ResourceStep): Promise<Tick | undefined> {
  if (work.scene.resources.get(step.step)?.origin !== "created")
    throw new Fault("rejected", {
      what: `The ${step.resource.kind} of step "${step.step}" would have to be replaced, and it was not made by us.`,
      next: "Change it by hand at the provider, then retry the run.",
    });
  const before = work.progress;
  const removal = await removeThing(work, step);
  if (removal.is === "wait") return park(work, step.step, removal.why, removal.waitMs, removal.progress);
  work.progress = before;
  work.scene = await loadScene(work.rt, work.scene.row, work.run.answers ?? undefined);
  return undefined;
}
