import type { Fault, Held } from "@atoll/core/fault";
import type { Resource } from "@atoll/core/resource";

const shortestMs = 20;
const longestMs = 30_000;

/** What a step carries from one look to the next, recorded with each: a replay waits as long as it did. */
export interface Progress {
  /** Why it waits, for how long by now, and when it was last looked at (milliseconds since 1970). */
  why?: string;
  waitedMs?: number;
  lookedAt?: number;
  waits: number;
  /** Paths of the last change that was applied to a thing which was there, and when. */
  applied?: { paths: string[]; at: number };
  applies: number;
}

export const start: Progress = { waits: 0, applies: 0 };

/** How one look at a step ended. */
export type Tick =
  | { is: "done" }
  | { is: "failed" }
  /** The run was cancelled or is being undone: nothing more is begun. */
  | { is: "stopped" }
  | { is: "wait"; waitMs: number; progress: Progress };

/** A thing's limits in wall time: its own, else 10 minutes to settle and 30 seconds in which absent is doubted. */
export function limits(
  resource: Pick<Resource<never, unknown>, "settleWithinMs" | "graceMs"> | undefined,
  timeScale: number,
) {
  return {
    settleMs: (resource?.settleWithinMs ?? 600_000) / timeScale,
    graceMs: (resource?.graceMs ?? 30_000) / timeScale,
  };
}

/**
 * Goes on waiting for the same reason, or begins to wait for another. Time in which nobody looked counts for
 * one long pause at most: a hub that was down for an hour has not used up the deadlines of its steps.
 */
export function waitingFor(why: string, progress: Progress, now: number): Progress & { waitedMs: number } {
  if (progress.why !== why) return { ...progress, why, waitedMs: 0, lookedAt: now, waits: 0 };
  const passedMs = Math.max(0, Math.min(now - (progress.lookedAt ?? now), longestMs));
  return {
    ...progress,
    waitedMs: (progress.waitedMs ?? 0) + passedMs,
    lookedAt: now,
    waits: progress.waits + 1,
  };
}

/**
 * Pause until the next look at something that settles. It asks in the rhythm the provider named, and more
 * rarely the longer it takes: never later than 1 % of the time it took, so the critical path stays short.
 */
export function settlePause(retryInMs: number, waitedMs: number, timeScale: number): number {
  return Math.max(shortestMs, retryInMs / timeScale, Math.min(waitedMs * 0.01, longestMs / timeScale));
}

/** Pause after a fault: as long as the provider asked for, else exponential, half of it at random. */
export function faultPause(fault: Fault, waits: number, random: () => number, timeScale: number): number {
  const exponential = Math.min(longestMs, 1_000 * 2 ** Math.min(waits, 10));
  const asked = fault.retryInMs ?? exponential * (0.5 + random() / 2);
  return Math.max(shortestMs, asked / timeScale);
}

const longestHeldMs = 60_000;

/** Pause of a step whose call was not sent: until its turn, but looked at each minute, since its run may be cancelled. */
export function heldPause({ untilMs }: Held, now: number): number {
  return Math.max(shortestMs, Math.min(longestHeldMs, untilMs - now));
}

/** A pause that counts for nothing: neither for a deadline nor for the time in which a change may be invisible. */
export function standingStill(progress: Progress, now: number, pauseMs: number): Progress {
  const { lookedAt, applied } = progress;
  return {
    ...progress,
    ...(lookedAt !== undefined && { lookedAt: Math.max(lookedAt, now) + pauseMs }),
    ...(applied && { applied: { ...applied, at: applied.at + pauseMs } }),
  };
}
