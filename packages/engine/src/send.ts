import type { ActionStep } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import { finish } from "./finish-step.ts";
import { recordAction } from "./journal/actions.ts";
import { insertIntent, settleIntent } from "./journal/intents.ts";
import { storeSecrets } from "./journal/secrets.ts";
import { actionKey, contextOf } from "./scene.ts";
import { takeSecrets } from "./seal.ts";
import type { Tick } from "./waits.ts";
import type { Work } from "./work.ts";

/**
 * Does what cannot be undone, once for each key. After a crash between the act and its record it is asked
 * for again under the same key: the provider's idempotency decides then, the engine cannot.
 */
export async function send(work: Work, step: ActionStep): Promise<Tick> {
  const { rt, run, scene } = work;
  if (!step.when(scene.known)) return finish(work, step.step, "skipped");
  const key = actionKey(scene, step);
  if (scene.actions.some((done) => done.step === step.step && done.key === key))
    return finish(work, step.step, "kept");
  const where = { runId: run.id, step: step.step };
  const intent = await insertIntent(rt.db.query, {
    instanceId: scene.row.id,
    ...where,
    kind: step.action.kind,
    name: key,
    within: undefined,
    does: "send",
    paths: [],
  });
  await rt.pause("intent-committed", where);
  await rt.stillOurs();
  const output = await attempt(work, intent, () =>
    step.action.run({ key, want: step.want(contextOf(scene, step)) }),
  );
  await rt.pause("applied-not-recorded", where);
  const taken = takeSecrets(output, `action:${step.step}:${key}`);
  await rt.db.tx(async (query) => {
    await storeSecrets(query, rt.vault, scene.row.id, taken.secrets);
    await recordAction(query, { instanceId: scene.row.id, ...where, key, output: taken.json });
    await settleIntent(query, intent, "applied");
  });
  await rt.pause("recorded", where);
  return finish(work, step.step, "sent");
}

/** Runs a call that writes; a fault that says it was surely not done settles the intent as refused. */
export async function attempt<T>({ rt }: Work, intent: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Fault && error.kind !== "outcome-unknown")
      await settleIntent(rt.db.query, intent, "refused");
    throw error;
  }
}
