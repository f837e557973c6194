import { z } from "@hono/zod-openapi";
import { route } from "../define.ts";
import { pageQuery } from "../schemas/common.ts";
import {
  incident,
  incidentPage,
  instanceMonitor,
  monitorOverview,
  monitorRanges,
  quotas,
  runTimes,
  webhook,
  webhookDelivery,
} from "../schemas/monitor.ts";

const tag = "Monitoring";
const id = z.object({ id: z.string().max(80) });

/** How the fleet is: states, incidents, limits at providers, how long runs take, and who is told. */
export const monitorRoutes = {
  monitorOverview: route({
    method: "get",
    path: "/api/monitor",
    access: "viewer",
    tag,
    summary: "How many instances are well, and what is open",
    answer: monitorOverview,
  }),
  instanceMonitor: route({
    method: "get",
    path: "/api/instances/:slug/monitor",
    access: "viewer",
    tag,
    summary: "How one instance has been: verdicts, uptime, latency",
    params: z.object({ slug: z.string().max(60) }),
    query: z.object({ range: z.enum(monitorRanges).default("24h") }),
    answer: instanceMonitor,
  }),
  listIncidents: route({
    method: "get",
    path: "/api/incidents",
    access: "viewer",
    tag,
    summary: "Incidents, newest first",
    query: pageQuery.extend({
      only: z.enum(["open", "closed"]).optional(),
      slug: z.string().max(60).optional(),
    }),
    answer: incidentPage,
  }),
  acknowledgeIncident: route({
    method: "post",
    path: "/api/incidents/:id/acknowledge",
    access: "operator",
    tag,
    summary: "Say that somebody looks after it; with minutes, its end is told to nobody that long",
    params: id,
    body: z.object({
      silenceMinutes: z
        .int()
        .min(1)
        .max(7 * 24 * 60)
        .optional(),
    }),
    answer: incident,
  }),
  listQuotas: route({
    method: "get",
    path: "/api/quotas",
    access: "viewer",
    tag,
    summary: "What providers said last about their limits",
    answer: quotas,
  }),
  listRunTimes: route({
    method: "get",
    path: "/api/run-times",
    access: "viewer",
    tag,
    summary: "How long runs and their steps take",
    query: z.object({ days: z.coerce.number().int().min(1).max(365).default(30) }),
    answer: runTimes,
  }),
  listWebhooks: route({
    method: "get",
    path: "/api/webhooks",
    access: "owner",
    tag,
    summary: "Addresses that are told of incidents",
    answer: z.object({ items: z.array(webhook) }),
  }),
  createWebhook: route({
    method: "post",
    path: "/api/webhooks",
    access: "owner",
    tag,
    summary: "Tell an address of incidents; its signing secret is shown this once",
    body: z.object({ url: z.url().max(2000), label: z.string().trim().min(1).max(120) }),
    answer: z.object({ secret: z.string(), webhook }),
    status: 201,
    holdsSecret: true,
  }),
  removeWebhook: route({
    method: "delete",
    path: "/api/webhooks/:id",
    access: "owner",
    tag,
    summary: "Tell it no more; what waits for it is dropped",
    params: id,
  }),
  testWebhook: route({
    method: "post",
    path: "/api/webhooks/:id/test",
    access: "owner",
    tag,
    summary: "Send it a test message now",
    params: id,
    body: z.object({}),
    answer: webhookDelivery,
  }),
  listDeliveries: route({
    method: "get",
    path: "/api/webhooks/:id/deliveries",
    access: "owner",
    tag,
    summary: "Its newest 50 deliveries",
    params: id,
    answer: z.object({ items: z.array(webhookDelivery) }),
  }),
} as const;
