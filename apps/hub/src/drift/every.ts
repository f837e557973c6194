import { Fault } from "@atoll/core/fault";

/** How often each instance is looked at for drift: `ATOLL_DRIFT_EVERY_HOURS`, 6 where nobody says. In milliseconds. */
export function driftEveryMs(env: NodeJS.ProcessEnv): number {
  const hours = Number(env.ATOLL_DRIFT_EVERY_HOURS || 6);
  if (Number.isFinite(hours) && hours > 0) return hours * 3_600_000;
  throw new Fault("rejected", {
    what: `ATOLL_DRIFT_EVERY_HOURS is "${env.ATOLL_DRIFT_EVERY_HOURS}".`,
    next: "Set it to a number of hours above 0, such as 6.",
    field: "ATOLL_DRIFT_EVERY_HOURS",
  });
}
