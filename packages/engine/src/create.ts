import type { ResourceStep } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import { park } from "./finish-step.ts";
import { doubtOpen, insertIntent, settleIntent } from "./journal/intents.ts";
import { recordResource } from "./journal/resources.ts";
import { noteDid, noteUndo } from "./journal/steps.ts";
import { addressOf, begunAt, contextOf, tell } from "./scene.ts";
import { attempt } from "./send.ts";
import { limits, settlePause, type Tick, waitingFor } from "./waits.ts";
import type { Work } from "./work.ts";

/**
 * Nothing is there. Right after a create, or while nobody knows whether one happened, that is not believed
 * at once: lists lag. Undefined = made, look again.
 */
export async function create(work: Work, step: ResourceStep): Promise<Tick | undefined> {
  const doubt = await doubted(work, step);
  if (doubt) return doubt;
  const { rt, run, scene } = work;
  const at = addressOf(scene, step);
  const want = step.want(contextOf(scene, step));
  const changes = [{ path: "", act: "create" as const }];
  const where = { runId: run.id, step: step.step };
  const thing = { kind: step.resource.kind, name: at.name, within: at.within };
  const intent = await rt.db.tx(async (query) => {
    await tell(query, scene, run.id, { type: "step-applying", step: step.step, changes });
    await noteUndo(query, run.id, step.step, "registered");
    return insertIntent(query, { instanceId: scene.row.id, ...where, ...thing, does: "create", paths: [""] });
  });
  await rt.pause("intent-committed", where);
  await rt.stillOurs();
  const id = await attempt(work, intent, () => step.resource.apply({ at, want, live: undefined, changes }));
  await rt.pause("applied-not-recorded", where);
  await rt.db.tx(async (query) => {
    await recordResource(query, scene.row.id, {
      ...where,
      ...thing,
      id,
      origin: "created",
      version: step.resource.version ?? 1,
      applied: true,
    });
    await settleIntent(query, intent, "applied");
    await noteDid(query, run.id, step.step, "created");
  });
  await rt.pause("recorded", where);
  work.progress = { ...work.progress, applies: work.progress.applies + 1 };
  return undefined;
}

async function doubted(work: Work, step: ResourceStep): Promise<Tick | undefined> {
  const { rt, scene, progress } = work;
  const at = addressOf(scene, step);
  const row = at.id === undefined ? undefined : scene.resources.get(step.step);
  const begun = begunAt(scene, step, at);
  const open = await doubtOpen(rt.db.query, begun);
  const { graceMs } = limits(step.resource, rt.timeScale);
  const made = begun.find((each) => each.outcome === "applied" || each.outcome === "found");
  const youngestMs = Math.min(
    ...open.map((each) => each.age_ms),
    row && made ? row.applied_ms_ago : Number.POSITIVE_INFINITY,
  );
  if (youngestMs < graceMs) {
    const why = open.length > 0 ? "looks whether it was made" : "made, waits until it can be seen";
    const waiting = waitingFor(why, progress, rt.now());
    const pauseMs = settlePause(500, waiting.waitedMs, rt.timeScale);
    return park(work, step.step, why, pauseMs, waiting);
  }
  if (open.length > 0) await giveUp(work, step, open);
  return undefined;
}

/** The grace is over and the thing did not appear: made again, or a person is asked where names prove nothing. */
async function giveUp({ rt, scene }: Work, step: ResourceStep, open: { id: string }[]): Promise<void> {
  const ask = step.resource.lostCreate === "ask-operator";
  for (const each of open) await settleIntent(rt.db.query, each.id, ask ? "asked" : "refused");
  if (!ask) return;
  throw new Fault("rejected", {
    what: `It is not known whether the ${step.resource.kind} "${addressOf(scene, step).name}" was made: the answer was lost.`,
    next: "Look for it at the provider and remove it there if it exists, then retry the run: it is made anew.",
  });
}
