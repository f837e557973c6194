import { setTimeout as sleep } from "node:timers/promises";
import { DBOS } from "@dbos-inc/dbos-sdk";
import { isLost } from "./database.ts";
import type { Runtime } from "./runtime.ts";

const lostPauseMs = 200;

/**
 * A step of the SDK's that reads and writes the journal, and is asked again while that cannot be reached: a Postgres that
 * restarts is no failure of the run that meets it. `work` may be done twice, as after a crash. Ends with the lease.
 */
export const journalStep = <T>(
  rt: Pick<Runtime, "mayBegin">,
  name: string,
  work: () => Promise<T>,
): Promise<T> =>
  DBOS.runStep(
    async () => {
      for (;;) {
        try {
          return await work();
        } catch (error) {
          if (!isLost(error)) throw error; // the hub's own tables, which operations read, are in the same Postgres
        }
        await sleep(lostPauseMs);
        await rt.mayBegin();
      }
    },
    { name },
  );
