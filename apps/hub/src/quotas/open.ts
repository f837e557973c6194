import { randomUUID } from "node:crypto";
import type { OnBehalf } from "@atoll/engine/options";
import { onBehalfOf } from "@atoll/provider-kit/caller";
import type { Governor } from "@atoll/provider-kit/governor";
import { openGovernor } from "./governor.ts";
import { postgresLedger } from "./postgres-ledger.ts";
import { isUrgent } from "./urgency.ts";

interface QuotaOptions {
  databaseUrl: string;
  timeScale: number;
  /** Returns when the hub's tables are there. */
  prepared(): Promise<unknown>;
}

/** The governors of this process, one for each environment's accounts. */
export interface Quotas {
  /** Provider time passes `timeScale` times faster there; the default is that of all. */
  of(environment: string, timeScale?: number): Governor;
  /** Sends away what waits, so that a worker that closes does not wait for it. */
  release(): void;
  close(): Promise<void>;
}

/** Shares the limits of provider accounts with all processes on this database. */
export function openQuotas({ databaseUrl, timeScale, prepared }: QuotaOptions): Quotas {
  const process = randomUUID();
  const ledger = postgresLedger({ databaseUrl, process, prepared });
  const governors = new Map<string, ReturnType<typeof openGovernor>>();
  return {
    of(environment, scale = timeScale) {
      const there =
        governors.get(environment) ?? openGovernor({ ledger, process, environment, timeScale: scale });
      governors.set(environment, there);
      return there;
    },
    release() {
      for (const each of governors.values()) each.release();
    },
    async close() {
      for (const each of governors.values()) each.close();
      await ledger.close();
    },
  };
}

/** For the engine: a step's calls are made in the name of its instance, and wait less where a person waits. */
export const forRun = <T>({ instance, run, stillOurs }: OnBehalf, work: () => Promise<T>): Promise<T> =>
  onBehalfOf({ instance, urgent: isUrgent(run), parks: true, stillOurs }, work);
