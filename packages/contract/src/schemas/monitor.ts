import { z } from "@hono/zod-openapi";
import { pageOf, time } from "./common.ts";

/** What is looked at in an instance, in the order in which it is shown. */
export const probeKinds = [
  "page",
  "api",
  "auth",
  "database",
  "project",
  "workflows",
  "deployment",
  "certificate",
] as const;

export const healthStates = ["up", "degraded", "down", "unknown", "paused"] as const;
const probeVerdicts = ["up", "failing", "down", "unknown"] as const;
const incidentCauses = [
  "site-down",
  "deployment-failed",
  "api-down",
  "auth-down",
  "database-down",
  "project-down",
  "workflows-down",
  "certificate-expired",
  "certificate-expiring",
  "slow",
  "provider-down",
  "quota-low",
  "runs-slow",
  "backup-stale",
  "backup-damaged",
  "backup-drill-failed",
] as const;
export const monitorRanges = ["24h", "7d", "30d", "90d"] as const;
const webhookEvents = ["incident.opened", "incident.closed", "test"] as const;

const healthState = z.enum(healthStates);
const share = z.number().min(0).max(1);

export const incident = z
  .object({
    id: z.string(),
    cause: z.enum(incidentCauses),
    instance: z.string().optional().describe("Slug; absent for what is not of one instance."),
    environment: z.string(),
    provider: z.string().optional().describe("Whose fault it seems to be, or whose limit it is."),
    what: z.string(),
    next: z.string(),
    openedAt: time,
    closedAt: time.optional(),
    ending: z.string().optional().describe("How it ended, one sentence."),
    acknowledgedBy: z.string().optional(),
    acknowledgedAt: time.optional(),
    silencedUntil: time.optional().describe("Until then its end is told to nobody."),
    partOf: z.string().optional().describe("The provider's incident that it belongs to."),
    affected: z.int().optional().describe("Of a provider's: how many instances, when it began."),
  })
  .openapi("Incident");

const uptime = z
  .object({ range: z.enum(monitorRanges), share: share.optional().describe("Absent: nothing was measured.") })
  .openapi("Uptime");

const probeState = z
  .object({
    kind: z.enum(probeKinds),
    provider: z.string().optional(),
    verdict: z.enum(probeVerdicts),
    problem: z.string().optional(),
    checkedAt: time,
    since: time.describe("Since when the verdict is so."),
    p50Ms: z.int().optional(),
    p95Ms: z.int().optional().describe("Of the last twenty looks."),
  })
  .openapi("ProbeState");

const healthLine = z.object({
  instance: z.string(),
  environment: z.string(),
  state: healthState,
  since: time.optional(),
  checkedAt: time.optional(),
});

/** The fleet at a glance. */
export const monitorOverview = z
  .object({
    states: z.object({
      up: z.int(),
      degraded: z.int(),
      down: z.int(),
      unknown: z.int(),
      paused: z.int(),
    }),
    everySeconds: z.number().describe("0 = this hub does not look by itself."),
    unwell: z.array(healthLine).describe("At most 100 that are down or degraded, the newest first."),
    incidents: z.array(incident).describe("Open ones, newest first, at most 100."),
  })
  .openapi("MonitorOverview");

const bucket = z.object({
  at: time,
  count: z.int(),
  ok: z.int(),
  p50Ms: z.int().optional(),
  p95Ms: z.int().optional(),
});

/** How one instance has been. */
export const instanceMonitor = z
  .object({
    ...healthLine.shape,
    probes: z.array(probeState),
    uptime: z.array(uptime),
    range: z.enum(monitorRanges),
    bucketSeconds: z.int(),
    series: z.array(z.object({ kind: z.enum(probeKinds), buckets: z.array(bucket) })),
    incidents: z.array(incident).describe("The newest 20."),
  })
  .openapi("InstanceMonitor");

const quotaAccount = z
  .object({
    environment: z.string(),
    provider: z.string(),
    silentSince: time
      .optional()
      .describe("Nobody was answered since then: runs that need it wait, others go on."),
    unanswered: z.int().optional().describe("Calls in a row without an answer."),
    stoppedUntil: time.optional().describe("The provider refused the account as a whole until then."),
    instances: z.int().describe("How many instances wait for this account."),
    waiting: z.array(
      z.object({
        instance: z.string().optional().describe("Slug; absent for the hub's own work."),
        urgent: z.boolean(),
        calls: z.int(),
        of: z.string().describe("The limit that is waited for."),
        since: time,
        until: time,
      }),
    ),
    limits: z.array(
      z.object({
        bucket: z.string(),
        of: z.string(),
        limit: z.int(),
        used: z.int().describe("Points that count now, of all processes and of others with the same token."),
        windowMs: z.int(),
        stoppedUntil: time.optional(),
      }),
    ),
  })
  .openapi("QuotaAccount");

export const quotas = z
  .object({
    accounts: z.array(quotaAccount).describe("As the hub shares each account's limits among all that calls."),
    items: z.array(
      z.object({
        environment: z.string(),
        provider: z.string(),
        bucket: z.string().describe("Which limit, where a provider has several."),
        limit: z.int(),
        remaining: z.int(),
        share: share.describe("What is left, of the limit."),
        resetAt: time.optional(),
        seenAt: time,
      }),
    ),
  })
  .openapi("Quotas");

export const runTimes = z
  .object({
    days: z.int(),
    kinds: z.array(
      z.object({
        kind: z.string(),
        runs: z.int(),
        p50Ms: z.int(),
        p95Ms: z.int(),
        budgetMs: z.int().optional(),
        isOver: z.boolean(),
        steps: z.array(
          z.object({ step: z.string(), runs: z.int(), p50Ms: z.int(), p95Ms: z.int(), maxMs: z.int() }),
        ),
      }),
    ),
  })
  .openapi("RunTimes");

export const webhook = z
  .object({
    id: z.string(),
    url: z.string(),
    label: z.string(),
    createdBy: z.string(),
    createdAt: time,
    lastSentAt: time.optional(),
    waiting: z.int().describe("Deliveries that have not arrived yet."),
    problem: z.string().optional().describe("Why the newest delivery has not arrived."),
  })
  .openapi("Webhook");

export const webhookDelivery = z
  .object({
    id: z.string().describe("The `webhook-id` header."),
    event: z.enum(webhookEvents),
    createdAt: time,
    attempts: z.int(),
    sentAt: time.optional(),
    status: z.int().optional().describe("What the receiver answered last."),
    problem: z.string().optional(),
  })
  .openapi("WebhookDelivery");

export const incidentPage = pageOf(incident);

export type ProbeKind = (typeof probeKinds)[number];
export type HealthState = (typeof healthStates)[number];
export type ProbeVerdict = (typeof probeVerdicts)[number];
export type IncidentCause = (typeof incidentCauses)[number];
export type MonitorRange = (typeof monitorRanges)[number];
export type WebhookEvent = (typeof webhookEvents)[number];
export type Incident = z.infer<typeof incident>;
export type MonitorOverview = z.infer<typeof monitorOverview>;
export type InstanceMonitor = z.infer<typeof instanceMonitor>;
export type Quotas = z.infer<typeof quotas>;
export type QuotaAccount = z.infer<typeof quotaAccount>;
export type RunTimes = z.infer<typeof runTimes>;
export type Webhook = z.infer<typeof webhook>;
export type WebhookDelivery = z.infer<typeof webhookDelivery>;
