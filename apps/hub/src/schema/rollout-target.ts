import type { RestorePoint } from "@atoll/contract/schemas/fleet";
import type { FaultReport } from "@atoll/core/event";
import { Fault } from "@atoll/core/fault";
import type { InstanceState } from "@atoll/core/states";
import { DatabaseGone } from "@atoll/fleet/session";
import { type Updated, updateDatabase } from "@atoll/fleet/update";
import type { RolloutOptions } from "../store/tables.ts";
import type { Databases } from "./databases.ts";
import type { Kind } from "./kind.ts";
import type { Expectation } from "./rehearsals.ts";
import { reportOf } from "./states.ts";

/** One database of a rollout, as a part of it takes it up. */
export interface Target {
  instanceId: string;
  slug: string;
  instanceState: InstanceState;
  /** Tries before this one. */
  attempts: number;
}

/** What became of a try at one database. */
export type Outcome =
  | { is: "done"; updated: Updated; restorePoint: RestorePoint }
  | { is: "failed"; fault: FaultReport; restorePoint?: RestorePoint }
  | { is: "waiting"; fault: FaultReport; inMs: number; isTry: boolean; restorePoint?: RestorePoint }
  | { is: "left-behind"; fault: FaultReport };

interface TargetOptions {
  databases: Databases;
  kind: Kind;
  expectation: Expectation;
  options: RolloutOptions;
  /** Does the work while no run is inside the instance's schema. */
  alone<T>(work: () => Promise<T>): Promise<T | undefined>;
}

const busyMs = 2_000;
const firstRetryMs = 1_000;

const gone: FaultReport = {
  kind: "rejected",
  what: "The instance was removed.",
  next: "Nothing: there is no database to bring up.",
};

const pausedThere: FaultReport = {
  kind: "rejected",
  what: "The provider has paused its project.",
  next: "Restore it there; it is caught up when its database answers again.",
};

const standing: Partial<Record<InstanceState, FaultReport>> = {
  removing: gone,
  removed: gone,
  provisioning: {
    kind: "rejected",
    what: "The instance is being made.",
    next: "Its first run gives it the newest version; it is looked at again afterwards.",
  },
  paused: {
    kind: "rejected",
    what: "The instance is paused.",
    next: "It is caught up when it is live again.",
  },
  archived: {
    kind: "rejected",
    what: "The instance is archived.",
    next: "It is brought up when it is restored.",
  },
  failed: {
    kind: "rejected",
    what: "The instance's last run failed.",
    next: "Retry or repair it; then it is caught up.",
  },
};

/** Tries to bring one database up; whatever happens is an outcome, and nothing is applied twice. */
export async function updateTarget(target: Target, given: TargetOptions): Promise<Outcome> {
  const left = standing[target.instanceState];
  if (left !== undefined) return { is: "left-behind", fault: left };
  if (target.instanceState !== "live")
    return wait({
      kind: "try-again",
      what: `The instance is ${target.instanceState}.`,
      next: "Nothing: it is waited for.",
    });
  const outcome = await given.alone(() => tryOnce(target, given));
  return (
    outcome ??
    wait({ kind: "try-again", what: "A run is at this schema.", next: "Nothing: it is waited for." })
  );
}

const wait = (fault: FaultReport): Outcome => ({ is: "waiting", fault, inMs: busyMs, isTry: false });

async function tryOnce(
  target: Target,
  { databases, kind, expectation, options }: TargetOptions,
): Promise<Outcome> {
  const { slug } = target;
  let restorePoint: RestorePoint | undefined;
  const withPoint = () => restorePoint && { restorePoint };
  let isReached = false;
  try {
    const session = await databases.open(slug);
    try {
      // A session that does not last has reached nothing yet.
      if (!session.lasting) await session.query("select 1 as here", { reads: true });
      isReached = true;
      restorePoint = await databases.restorePoint(slug).catch(unknownPoint);
      const updated = await updateDatabase(session, {
        instance: target.instanceId,
        migrations: kind.migrations,
        rehearsed: expectation,
        patience: options,
      });
      return { is: "done", updated, restorePoint };
    } finally {
      await session.close().catch(() => {}); // one that broke off has nothing to close
    }
  } catch (error) {
    if (error instanceof DatabaseGone)
      return {
        is: "failed",
        fault: {
          kind: "rejected",
          what: "The database is gone.",
          next: "Look at its project at the provider.",
        },
        ...withPoint(),
      };
    // Asked only now: a look at the provider before each database would cost a call for nothing.
    if (!isReached && (await databases.isPaused?.(slug).catch(() => false)))
      return { is: "left-behind", fault: pausedThere };
    const fault = reportOf(error);
    const mayPass =
      error instanceof Fault ? error.kind === "try-again" || error.kind === "outcome-unknown" : false;
    const tries = target.attempts + 1;
    if (mayPass && tries < options.attempts)
      return { is: "waiting", fault, inMs: firstRetryMs * 2 ** (tries - 1), isTry: true, ...withPoint() };
    // Never reached: nothing is known to be wrong with the schema. It is caught up when it can be.
    if (mayPass && !isReached) return { is: "left-behind", fault };
    return { is: "failed", fault, ...withPoint() };
  }
}

/** An update does not hang on whether the provider tells of its backups. */
const unknownPoint = (error: unknown): RestorePoint => ({
  kind: "none",
  what: `The provider did not tell of backups: ${reportOf(error).what}`,
});
