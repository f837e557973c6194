import type { domainRoutes } from "@atoll/contract/routes/domains";
import type { Handlers } from "../context.ts";
import { notFound } from "../refusal.ts";

/** Custom domains of instances. */
export const domainHandlers: Handlers<keyof typeof domainRoutes> = {
  async listDomains({ params: { slug } }, { hub }) {
    if ((await hub.runtime.journal.find(slug)) === undefined) throw notFound(`instance "${slug}"`);
    return hub.runtime.domains.list(slug);
  },
};
