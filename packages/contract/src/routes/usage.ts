import { z } from "@hono/zod-openapi";
import { route } from "../define.ts";
import { pageQuery } from "../schemas/common.ts";
import { fleetUsage, instanceUsage, month, usageRanges, usageReport } from "../schemas/usage.ts";

const tag = "Usage";
const params = z.object({ slug: z.string().max(60) });
const range = z.object({ range: z.enum(usageRanges).default("30d") });
const ofMonth = z.object({
  month: month.optional().describe("Left out = the one that goes on, in UTC."),
  slug: z.string().max(60).optional().describe("Of this instance only."),
  environment: z.string().max(60).optional(),
});

/** What instances use: series, and a report for each month. */
export const usageRoutes = {
  fleetUsage: route({
    method: "get",
    path: "/api/usage",
    access: "viewer",
    tag,
    summary: "What all instances used together",
    query: range,
    answer: fleetUsage,
  }),
  usageReport: route({
    method: "get",
    path: "/api/usage/report",
    access: "viewer",
    tag,
    summary: "What each instance used in a month, and what that costs by the settings' prices",
    query: pageQuery.extend(ofMonth.shape),
    answer: usageReport,
  }),
  usageReportCsv: route({
    method: "get",
    path: "/api/usage/report.csv",
    access: "viewer",
    tag,
    summary: "The whole report as CSV",
    query: ofMonth,
    answer: z.string(),
    text: "text/csv",
  }),
  instanceUsage: route({
    method: "get",
    path: "/api/instances/:slug/usage",
    access: "viewer",
    tag,
    summary: "What one instance used; asks no provider",
    params,
    query: range,
    answer: instanceUsage,
  }),
  measureUsage: route({
    method: "post",
    path: "/api/instances/:slug/usage/measure",
    access: "operator",
    tag,
    summary: "Count one instance now, at its providers",
    params,
    body: z.object({}),
    answer: instanceUsage,
  }),
} as const;
