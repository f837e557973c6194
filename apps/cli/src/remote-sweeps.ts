import type { Client } from "@atoll/contract/client";
import type { Desk } from "./desk.ts";

/** Orphans by a running hub's API. Who does it is what the API key says; the hub itself removes them. */
export function remoteSweeps(call: Client["call"]): Desk["sweeps"] {
  return {
    look: (environment) => call("sweep", { query: environment === undefined ? {} : { environment } }),
    remove: async (body) => (await call("removeOrphans", { body })).items,
    removals: async () => (await call("listSweepRemovals", {})).items,
    round: async () => {},
  };
}
