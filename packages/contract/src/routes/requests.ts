import { z } from "@hono/zod-openapi";
import { route } from "../define.ts";
import { listOf, pageOf, pageQuery } from "../schemas/common.ts";
import { plan } from "../schemas/plan.ts";
import { request, requestStates } from "../schemas/request.ts";

const tag = "Requests";
const params = z.object({ id: z.string().max(60) });

/** Requests of clients: look, approve, reject, retry. */
export const requestRoutes = {
  listRequests: route({
    method: "get",
    path: "/api/requests",
    access: "viewer",
    tag,
    summary: "Requests, newest first",
    query: pageQuery.extend({
      state: listOf(requestStates),
      environment: z.string().max(60).optional(),
      search: z.string().max(200).optional(),
      confirmed: z
        .enum(["yes", "no", "all"])
        .default("yes")
        .describe("`no` = pending ones whose asker has not confirmed their address."),
    }),
    answer: pageOf(request),
  }),
  showRequest: route({
    method: "get",
    path: "/api/requests/:id",
    access: "viewer",
    tag,
    summary: "One request",
    params,
    answer: request,
    etag: true,
  }),
  planRequest: route({
    method: "get",
    path: "/api/requests/:id/plan",
    access: "viewer",
    tag,
    summary: "What approving it would create, and what that costs",
    params,
    query: z.object({
      slug: z.string().max(60).optional().describe("As if it were asked for under this slug."),
      environment: z.string().max(60).optional().describe("As if it were approved for this one."),
    }),
    answer: plan,
  }),
  approveRequest: route({
    method: "post",
    path: "/api/requests/:id/approve",
    access: "operator",
    tag,
    summary: "Approve: starts exactly one run, however often it is called",
    params,
    body: z
      .object({
        slug: z.string().max(60).optional().describe("Another slug than the one asked for."),
        environment: z
          .string()
          .max(60)
          .optional()
          .describe("The provider accounts that it is made with; without it the default's."),
      })
      .default({}),
    answer: request,
    status: 202,
  }),
  rejectRequest: route({
    method: "post",
    path: "/api/requests/:id/reject",
    access: "operator",
    tag,
    summary: "Reject, with a reason that the asker is told",
    params,
    body: z.object({ reason: z.string().trim().min(1).max(2000) }),
    answer: request,
  }),
  retryRequest: route({
    method: "post",
    path: "/api/requests/:id/retry",
    access: "operator",
    tag,
    summary: "Provision once more after a failure",
    params,
    body: z
      .object({ slug: z.string().max(60).optional().describe("Another slug, where the first one is taken.") })
      .default({}),
    answer: request,
    status: 202,
  }),
  withdrawRequest: route({
    method: "post",
    path: "/api/requests/:id/withdraw",
    access: "operator",
    tag,
    summary: "Withdraw in the asker's name",
    params,
    answer: request,
  }),
} as const;
