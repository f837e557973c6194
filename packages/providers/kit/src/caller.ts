import { AsyncLocalStorage } from "node:async_hooks";

/** For whom calls are made: fairness and urgency go by it. */
export interface Caller {
  /** Id of the instance; absent = for the hub as a whole. */
  instance?: string;
  /** A person waits for it. */
  urgent: boolean;
  /** Can be parked: it is held back where the provider answers nobody, and asked to come again. */
  parks?: boolean;
  /** Longest wait for a turn, in milliseconds; absent = the governor's own. */
  patienceMs?: number;
  /** Never returns once what it does is another worker's: asked again after each wait. */
  stillOurs?(): Promise<void>;
}

const current = new AsyncLocalStorage<Caller>();
/** Whoever says nothing is in no hurry. */
const nobody: Caller = { urgent: false };

/** Does `work`, and all that it calls, for this caller. */
export const onBehalfOf = <T>(caller: Caller, work: () => Promise<T>): Promise<T> =>
  current.run(caller, work);

/** For whom the present call is made. */
export const presentCaller = (): Caller => current.getStore() ?? nobody;
