import { OutOfReach } from "@atoll/core/fault";
import { HttpFault } from "./http-fault.ts";

/** Does work on a client's own thing: a fault that says so means that it is out of reach. */
export async function reaching<T>(means: (fault: HttpFault) => boolean, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    if (!(fault instanceof HttpFault) || !means(fault)) throw fault;
    const { kind, what, next, call } = fault;
    throw new OutOfReach(kind, { what, next, ...(call !== undefined && { call }) }, { cause: fault });
  }
}
