import { z } from "@hono/zod-openapi";
import { route } from "../define.ts";
import { deployments } from "../schemas/deployments.ts";

/** Deployments of instances' sites. Runs of kind `deploy` change what visitors get (`startRun`). */
export const deploymentRoutes = {
  listDeployments: route({
    method: "get",
    path: "/api/instances/:slug/deployments",
    access: "viewer",
    tag: "Deployments",
    summary: "Production deployments of an instance's site, newest first",
    params: z.object({ slug: z.string().max(60) }),
    answer: deployments,
  }),
} as const;
