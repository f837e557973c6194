import { z } from "@hono/zod-openapi";
import { route } from "../define.ts";
import { sweep, sweepOrder, sweepRemovals } from "../schemas/sweep.ts";

const tag = "Orphans";

/** Things at the providers that carry our mark and have no owner. */
export const sweepRoutes = {
  sweep: route({
    method: "get",
    path: "/api/sweep",
    access: "owner",
    tag,
    summary: "What carries our mark and has no owner; asks all providers, which takes a while",
    query: z.object({ environment: z.string().max(60).optional() }),
    answer: sweep,
  }),
  removeOrphans: route({
    method: "post",
    path: "/api/sweep/removals",
    access: "owner",
    tag,
    summary: "Remove orphans; each is looked at again right before",
    body: sweepOrder,
    answer: sweepRemovals,
    status: 202,
  }),
  listSweepRemovals: route({
    method: "get",
    path: "/api/sweep/removals",
    access: "owner",
    tag,
    summary: "What became of orphans that were to be removed",
    answer: sweepRemovals,
  }),
} as const;
