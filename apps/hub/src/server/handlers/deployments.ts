import type { deploymentRoutes } from "@atoll/contract/routes/deployments";
import type { Handlers } from "../context.ts";
import { notFound } from "../refusal.ts";

/** Deployments of instances' sites. */
export const deploymentHandlers: Handlers<keyof typeof deploymentRoutes> = {
  async listDeployments({ params: { slug } }, { hub }) {
    if ((await hub.runtime.journal.find(slug)) === undefined) throw notFound(`instance "${slug}"`);
    return hub.runtime.deployments.list(slug);
  },
};
