import { z } from "@hono/zod-openapi";
import { route } from "../define.ts";
import { request } from "../schemas/request.ts";

const tag = "Aliases";
const body = z.object({ requestId: z.string().min(1).max(60) });

/** Addresses of the agency system that came before, for whoever calls them still: the same deeds, the same answers. */
export const aliasRoutes = {
  approveOnboarding: route({
    method: "post",
    path: "/api/admin/agency-onboarding/approve",
    access: "operator",
    tag,
    summary: "As `approveRequest`",
    body,
    answer: request,
    status: 202,
  }),
  showOnboarding: route({
    method: "get",
    path: "/api/admin/agency-onboarding/status",
    access: "viewer",
    tag,
    summary: "As `showRequest`",
    query: body,
    answer: request,
  }),
  provisionOnboarding: route({
    method: "post",
    path: "/api/admin/agency-onboarding/provision",
    access: "operator",
    tag,
    summary: "Provisions an approved or failed request; done already: the instance's URL is in the answer",
    body,
    answer: request,
    status: 202,
  }),
} as const;
