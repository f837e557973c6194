import type { Client } from "@atoll/contract/client";
import type { Desk } from "./desk.ts";

/** Drift of the fleet by a running hub's API. Who does it is what the API key says. */
export function remoteDrifts(call: Client["call"]): Desk["drifts"] {
  return {
    list: (query) => call("listDrift", { query }),
    check: (slug) => call("lookForDrift", { params: { slug }, body: {} }),
    accept: (slug, paths) => call("acceptDrift", { params: { slug }, body: { paths: [...paths] } }),
    unaccept: (slug, paths) => call("unacceptDrift", { params: { slug }, body: { paths: [...paths] } }),
  };
}
