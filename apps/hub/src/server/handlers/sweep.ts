import type { sweepRoutes } from "@atoll/contract/routes/sweep";
import type { Handlers } from "../context.ts";

/** Orphans: what carries our mark and has no owner, and its removal. */
export const sweepHandlers: Handlers<keyof typeof sweepRoutes> = {
  sweep: ({ query: { environment } }, { hub }) => hub.runtime.sweeps.look(environment),

  async removeOrphans({ body }, { hub, actor }) {
    return { items: await hub.runtime.sweeps.remove(body, actor) };
  },

  async listSweepRemovals(_, { hub }) {
    return { items: await hub.runtime.sweeps.removals() };
  },
};
