import type { Client } from "@atoll/contract/client";
import type { Desk } from "./desk.ts";

/** The fleet's schema by a running hub's API. Who does it is what the API key says. */
export function remoteSchemas(call: Client["call"]): Desk["schemas"] {
  return {
    list: (query) => call("listSchemas", { query }),
    check: async (body) => (await call("checkSchemas", { body })).items,
    drift: (slug) => call("schemaDrift", { params: { slug } }),
    sync: async (body) => (await call("syncSchemas", { body })).files,
    lint: async (blueprint) => (await call("lintSchema", { params: { blueprint } })).findings,
    rehearse: (blueprint, body) => call("rehearseSchema", { params: { blueprint }, body }),
    start: (body) => call("startRollout", { body }),
    rollouts: (query) => call("listRollouts", { query }),
    rollout: (id) => call("showRollout", { params: { id } }),
    targets: (id, query) => call("listRolloutTargets", { params: { id }, query }),
    pause: (id) => call("pauseRollout", { params: { id } }),
    resume: (id) => call("resumeRollout", { params: { id } }),
    approve: (id) => call("approveRollout", { params: { id } }),
    stop: (id) => call("stopRollout", { params: { id } }),
  };
}
