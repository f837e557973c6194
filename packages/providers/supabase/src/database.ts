import type { Address, Observed, Resource } from "@atoll/core/resource";
import type { ProjectStatus, SupabaseApi } from "./api.ts";
import { unhealthyServices } from "./health.ts";
import { goneFault, isStuck, stuckFault } from "./statuses.ts";

// --- types

/** What Supabase says of a project whose services answer. */
export interface DatabaseAttrs {
  ref: string;
  status: ProjectStatus;
}

/** The services of a project (`within`): database, Auth and Data API. Settles until all of them answer. */
export function database(api: SupabaseApi): Resource<object, DatabaseAttrs> {
  // --- observe

  async function observe(at: Address): Promise<Observed<DatabaseAttrs>> {
    const id = home(at);
    const settling = (why: string) => ({ is: "settling" as const, id, retryInMs: api.pollMs, why });
    const found = await api.project(id);
    if (!found || found.status === "REMOVED") return { is: "absent" };
    if (isStuck(found.status)) throw stuckFault(found);
    if (found.status !== "ACTIVE_HEALTHY") return settling(`Supabase says ${found.status}`);
    // A healthy project is not enough: right after coming up single services refuse for some seconds.
    const unhealthy = await unhealthyServices(api, id);
    if (!unhealthy) return { is: "absent" };
    if (unhealthy.length > 0) return settling(`${unhealthy.join(", ")} does not answer yet`);
    return { is: "present", id, owner: "us", attrs: { ref: id, status: found.status } };
  }

  return {
    kind: "supabase.database",
    lostCreate: "find-by-name",
    removal: "with-parent",
    observe,

    // --- compare

    compare: () => [],

    // --- apply

    async apply({ at }) {
      throw goneFault(home(at)); // comes up by itself, so there is only one reason to be here
    },

    // --- remove

    async remove() {
      // Ends with its project; the engine does not ask for it.
    },

    // --- probe

    async probe(live) {
      const unhealthy = (await unhealthyServices(api, live.ref)) ?? ["the whole project"];
      return unhealthy.map((service) => `Supabase says that ${service} does not answer.`);
    },
  };
}

function home(at: Address): string {
  if (at.within === undefined) throw new Error("supabase.database needs `within`: a project's ref");
  return at.within;
}
