import type { teamRoutes } from "@atoll/contract/routes/team";
import type { Handlers } from "../context.ts";
import { notFound } from "../refusal.ts";

/** The team of an instance. */
export const teamHandlers: Handlers<keyof typeof teamRoutes> = {
  async showInstanceTeam({ params: { slug } }, { hub }) {
    if ((await hub.runtime.journal.find(slug)) === undefined) throw notFound(`instance "${slug}"`);
    return hub.runtime.team(slug);
  },
};
