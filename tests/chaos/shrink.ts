import type { Round } from "./round.ts";
import { type Schedule, sizeOf } from "./schedule.ts";

const mostTries = 24;

/** Schedules with one thing less, the largest parts first. */
function smaller(schedule: Schedule): Schedule[] {
  const { clients, troubles } = schedule;
  const without = <T>(list: readonly T[], index: number) => list.filter((_, each) => each !== index);
  return [
    ...(troubles.length > 1
      ? [
          { ...schedule, troubles: troubles.slice(0, troubles.length >> 1) },
          { ...schedule, troubles: troubles.slice(troubles.length >> 1) },
        ]
      : []),
    ...clients.flatMap((_, index) =>
      clients.length > 1 ? [{ ...schedule, clients: without(clients, index) }] : [],
    ),
    ...(schedule.rolloutAtMs === undefined ? [] : [{ ...schedule, rolloutAtMs: undefined }]),
    ...troubles.map((_, index) => ({ ...schedule, troubles: without(troubles, index) })),
    ...(schedule.shiftsMs.some(Boolean) ? [{ ...schedule, shiftsMs: schedule.shiftsMs.map(() => 0) }] : []),
    // Acts build on those before them: only the last one can go.
    ...clients.flatMap((acts, index) =>
      acts.length > 1 ? [{ ...schedule, clients: clients.with(index, acts.slice(0, -1)) }] : [],
    ),
  ].filter((each) => sizeOf(each) < sizeOf(schedule));
}

/** Takes away what is not needed for the failure, as long as the same thing still fails, within so many tries. */
export async function shrunk(failed: Round, tryOut: (schedule: Schedule) => Promise<Round>): Promise<Round> {
  const names = new Set(failed.violations.map(({ invariant }) => invariant));
  let smallest = failed;
  let tries = 0;
  search: for (;;) {
    for (const schedule of smaller(smallest.schedule)) {
      if (tries++ >= mostTries) break search;
      const result = await tryOut(schedule);
      if (!result.violations.some(({ invariant }) => names.has(invariant))) continue;
      smallest = result;
      continue search;
    }
    break;
  }
  return smallest;
}
