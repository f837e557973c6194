import { z } from "@hono/zod-openapi";
import { route } from "../define.ts";
import { domains } from "../schemas/domains.ts";

/** Custom domains of an instance's site. They are added and removed by runs of kind `domain` (`startRun`). */
export const domainRoutes = {
  listDomains: route({
    method: "get",
    path: "/api/instances/:slug/domains",
    access: "viewer",
    tag: "Domains",
    summary: "Custom domains of an instance, the DNS records to set, and how they are",
    params: z.object({ slug: z.string().max(63) }),
    answer: domains,
  }),
} as const;
