/** After a failure it is tried again this soon at the latest, in milliseconds. */
const retryMs = 10_000;

/** Does `work` when its turn has come, and lets `everyMs` pass after it went well. Throws what `work` throws. */
export type Turn = (what: string, everyMs: number, work: () => Promise<void>) => Promise<void>;

/** Turns of what is done every so often. One that fails is due again soon: only what went well is done. */
export function openTurns(nowMs: () => number = Date.now): Turn {
  const dueAtMs = new Map<string, number>();
  return async (what, everyMs, work) => {
    if (nowMs() < (dueAtMs.get(what) ?? 0)) return;
    dueAtMs.set(what, nowMs() + Math.min(retryMs, everyMs));
    await work();
    dueAtMs.set(what, nowMs() + everyMs);
  };
}
