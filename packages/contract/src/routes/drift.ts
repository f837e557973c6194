import { z } from "@hono/zod-openapi";
import { route } from "../define.ts";
import { pageQuery } from "../schemas/common.ts";
import { driftAreas, driftPage, driftRepair, instanceDrift } from "../schemas/drift.ts";

const tag = "Drift";
const params = z.object({ slug: z.string().max(60) });
const paths = z.array(z.string().min(1).max(500)).min(1).max(500);

/** What differs from what was accepted, over the whole fleet: looked at, accepted, repaired. */
export const driftRoutes = {
  listDrift: route({
    method: "get",
    path: "/api/drift",
    access: "viewer",
    tag,
    summary: "All differences, by instance, as last seen",
    query: pageQuery.extend({
      area: z.enum(driftAreas).optional(),
      blueprint: z.string().max(60).optional(),
      environment: z.string().max(60).optional(),
      slug: z.string().max(60).optional(),
      only: z
        .enum(["open", "accepted", "stopped"])
        .optional()
        .describe("`open` = nobody accepted it, `stopped` = it kept coming back after repairs."),
    }),
    answer: driftPage,
  }),
  showDrift: route({
    method: "get",
    path: "/api/instances/:slug/drift/items",
    access: "viewer",
    tag,
    summary: "What one instance differs in, as last seen; asks no provider",
    params,
    answer: instanceDrift,
  }),
  lookForDrift: route({
    method: "post",
    path: "/api/instances/:slug/drift/check",
    access: "operator",
    tag,
    summary: "Look at the whole instance now and write down what differs",
    params,
    body: z.object({}),
    answer: instanceDrift,
  }),
  acceptDrift: route({
    method: "post",
    path: "/api/instances/:slug/drift/accept",
    access: "operator",
    tag,
    summary: "Let differences be: they are not told again until they change",
    params,
    body: z.object({ paths }),
    answer: instanceDrift,
  }),
  unacceptDrift: route({
    method: "post",
    path: "/api/instances/:slug/drift/unaccept",
    access: "operator",
    tag,
    summary: "Take the acceptance back",
    params,
    body: z.object({ paths }),
    answer: instanceDrift,
  }),
  repairDrift: route({
    method: "post",
    path: "/api/instances/:slug/drift/repair",
    access: "operator",
    tag,
    summary: "Set chosen differences right, after a fresh look",
    params,
    body: z.object({
      paths,
      whole: z
        .boolean()
        .default(false)
        .describe(
          "Repair the whole instance, whatever else it differs in; without it the steps of what was chosen, and those that need them.",
        ),
    }),
    answer: driftRepair,
    status: 202,
  }),
} as const;
