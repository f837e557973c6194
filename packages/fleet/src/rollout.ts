/** How many of a wave's databases stand where. */
export interface WaveCounts {
  wave: number;
  pending: number;
  running: number;
  waiting: number;
  done: number;
  failed: number;
  leftBehind: number;
}

/**
 * Divides databases into waves: the canaries are wave 0, then each wave goes on to its percentage of all. A wave that
 * would be empty is left out; the last one takes what is left.
 */
export function planWaves<Item>(
  canaries: readonly Item[],
  others: readonly Item[],
  percents: readonly number[],
): Item[][] {
  const total = canaries.length + others.length;
  const waves: Item[][] = canaries.length > 0 ? [[...canaries]] : [];
  let taken = 0;
  for (const percent of [...percents].sort((a, b) => a - b)) {
    const upTo = Math.min(others.length, Math.ceil((total * percent) / 100) - canaries.length);
    if (upTo <= taken) continue;
    waves.push(others.slice(taken, upTo));
    taken = upTo;
  }
  if (taken < others.length) waves.push(others.slice(taken));
  return waves;
}

/** How many of so many databases may fail. */
export const mayFail = (total: number, percent: number): number => Math.floor((total * percent) / 100);

/** What a rollout does next. */
export type Move =
  | { is: "work"; wave: number }
  | { is: "approve"; wave: number }
  | { is: "stop"; why: string; next: string }
  | { is: "end"; state: "finished" | "failed"; why?: string; next?: string };

interface Standing {
  /** In their order. */
  waves: readonly WaveCounts[];
  mayFail: number;
  /** Wait for a person between waves. */
  approve: boolean;
  /** Waves up to this one may begin. */
  approvedWave: number;
}

const retry = "Look at what failed, remove the cause, then resume: only what is not done is tried again.";

const isOver = ({ pending, running, waiting }: WaveCounts) => pending + running + waiting === 0;

/** Decides by the counts alone: stop at the budget, end, ask, or work on the first wave that is not through. */
export function nextMove({ waves, mayFail: budget, approve, approvedWave }: Standing): Move {
  const failed = waves.reduce((sum, each) => sum + each.failed, 0);
  const [canary] = waves;
  if (canary !== undefined && canary.wave === 0 && canary.failed > 0)
    return { is: "stop", why: "The canary failed: nothing behind it was begun.", next: retry };
  if (
    canary !== undefined &&
    canary.wave === 0 &&
    canary.leftBehind > 0 &&
    canary.done === 0 &&
    isOver(canary)
  )
    return {
      is: "stop",
      why: "The canary was left behind: nobody has tried the new version on a real database.",
      next: "Start again with a canary that is live and can be reached.",
    };
  if (failed > budget)
    return {
      is: "stop",
      why: `${failed} ${failed === 1 ? "database" : "databases"} failed; the budget allows ${budget}.`,
      next: retry,
    };
  const open = waves.find((each) => !isOver(each));
  if (open === undefined) {
    if (failed > 0)
      return {
        is: "end",
        state: "failed",
        why: `${failed} ${failed === 1 ? "database" : "databases"} failed, within the budget.`,
        next: retry,
      };
    const behind = waves.reduce((sum, each) => sum + each.leftBehind, 0);
    if (behind === 0) return { is: "end", state: "finished" };
    return {
      is: "end",
      state: "finished",
      why: `${behind} ${behind === 1 ? "database was" : "databases were"} left behind.`,
      next: "They are caught up by themselves when their instances are live and can be reached.",
    };
  }
  if (approve && open.wave > approvedWave && waves[0] !== open) return { is: "approve", wave: open.wave };
  return { is: "work", wave: open.wave };
}
