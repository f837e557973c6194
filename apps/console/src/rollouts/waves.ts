import type { Rollout } from "@atoll/contract/schemas/fleet";

/** One wave as it is drawn. */
interface WaveBar {
  wave: number;
  /** "Canary", "Wave 1". */
  name: string;
  /** "8 of 9 done, 1 failed". */
  words: string;
  /** Of its databases, 0 to 100. */
  donePercent: number;
  failedPercent: number;
  /** It is the one that is worked on. */
  isNow: boolean;
}

/** True while something goes on by itself. */
export const isActive = ({ state }: Pick<Rollout, "state">): boolean =>
  state === "queued" || state === "running";

/** True while it goes on or waits for somebody. */
export const isOpen = (rollout: Pick<Rollout, "state">): boolean =>
  isActive(rollout) || rollout.state === "paused" || rollout.state === "awaiting-approval";

/** The waves of a rollout, each with what became of its databases. */
export function waveBars(rollout: Pick<Rollout, "state" | "wave" | "waves">): WaveBar[] {
  return rollout.waves.map(({ wave, targets, done, failed }) => ({
    wave,
    name: wave === 0 ? "Canary" : `Wave ${wave}`,
    words: `${done} of ${targets} done${failed > 0 ? `, ${failed} failed` : ""}`,
    donePercent: targets === 0 ? 0 : (done / targets) * 100,
    failedPercent: targets === 0 ? 0 : (failed / targets) * 100,
    isNow: isOpen(rollout) && wave === rollout.wave,
  }));
}

/** How many databases each wave takes: the canaries, then up to each percentage of all. */
export function waveSizes(total: number, canaries: number, percents: readonly number[]): number[] {
  const first = Math.min(canaries, total);
  const sizes = first > 0 ? [first] : [];
  let taken = first;
  for (const percent of [...percents, 100].sort((a, b) => a - b)) {
    const upTo = Math.min(total, Math.ceil((total * percent) / 100));
    if (upTo > taken) sizes.push(upTo - taken);
    taken = Math.max(taken, upTo);
  }
  return sizes;
}

/** Percentages that somebody typed, as in "10, 50, 100"; undefined where that makes no sense. */
export function percentsOf(text: string): number[] | undefined {
  const numbers = text.split(/[\s,;%]+/).flatMap((each) => (each === "" ? [] : [Number(each)]));
  const isSound =
    numbers.length > 0 && numbers.length <= 20 && numbers.every((each) => each >= 0.1 && each <= 100);
  return isSound ? numbers : undefined;
}
