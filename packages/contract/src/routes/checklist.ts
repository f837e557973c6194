import { z } from "@hono/zod-openapi";
import { route } from "../define.ts";
import { checklist } from "../schemas/checklist.ts";

const tag = "Instances";
const path = "/api/instances/:slug/checklist";
const params = z.object({ slug: z.string().max(60) });

/** The checklist of an instance: is everything there, and does it answer? */
export const checklistRoutes = {
  showChecklist: route({
    method: "get",
    path,
    access: "viewer",
    tag,
    summary: "What the last check found",
    params,
    answer: checklist,
  }),
  checkInstance: route({
    method: "post",
    path,
    access: "operator",
    tag,
    summary: "Check everything of an instance now",
    params,
    answer: checklist,
  }),
} as const;
