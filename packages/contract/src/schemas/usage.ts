import { z } from "@hono/zod-openapi";
import { pageOf, time } from "./common.ts";

/** How far back a series goes: by hours, by days, by months. */
export const usageRanges = ["24h", "30d", "12m"] as const;

/** What a price can be for. */
export const usageUnits = [
  "database-gb",
  "requests-1000",
  "executions-1000",
  "mails-1000",
  "deployment",
  "active-user",
] as const;

const currency = z.string().regex(/^[A-Z]{3}$/, "is no currency code, like USD");

export const usagePrice = z
  .object({
    per: z
      .enum(usageUnits)
      .describe("`database-gb` = a gigabyte (10^9 bytes) over a whole month, on average."),
    label: z.string().min(1).max(120),
    price: z.number().nonnegative().max(1_000_000_000).describe("Of one such unit."),
    included: z
      .number()
      .nonnegative()
      .max(1_000_000_000)
      .default(0)
      .describe("So many units a month cost nothing for each instance."),
    currency,
  })
  .openapi("UsagePrice");

/** The month of a report, as `2026-11`. */
export const month = z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/, "is no month, like 2026-11");

const count = z.int().nonnegative().optional();
const counts = {
  auth: count.describe("Requests to Auth, Supabase's own count."),
  rest: count,
  storage: count,
  realtime: count,
  executions: count.describe("Executions of workflows that began."),
  failedExecutions: count,
  deployments: count.describe("Deployments that began."),
  failedDeployments: count,
  mails: count.describe("Mails about the instance that were handed to the mail service."),
  databaseBytes: count.describe(
    "In an hour the last size that was seen, in a day or a month the average one.",
  ),
  databaseRows: count.describe("As last seen in that time; so are `users` and `activeUsers`."),
  users: count,
  activeUsers: count.describe("Signed in within 30 days."),
};

/** What was used in a time; a number that is absent was not counted. */
const usageCounts = z.object(counts).openapi("UsageCounts");

const usageBucket = z
  .object({
    at: time.describe("Its beginning, in UTC."),
    hours: z.int().describe("Of so many hours in it the requests are counted, over all instances."),
    ...counts,
  })
  .openapi("UsageBucket");

const series = {
  range: z.enum(usageRanges),
  bucket: z.enum(["hour", "day", "month"]),
  buckets: z.array(usageBucket),
  everyMinutes: z.number().describe("How often each instance is measured; 0 = this hub does not by itself."),
};

export const instanceUsage = z
  .object({
    instance: z.string(),
    environment: z.string(),
    measuredAt: time.optional(),
    problems: z
      .array(z.object({ of: z.string(), what: z.string(), next: z.string() }))
      .describe("What could not be counted last time. It is made up for as far back as the provider tells."),
    ...series,
  })
  .openapi("InstanceUsage");

export const fleetUsage = z
  .object({
    instances: z.int().describe("So many are measured."),
    behind: z.int().describe("Of those, so many have something that could not be counted last time."),
    ...series,
  })
  .openapi("FleetUsage");

const amount = z.object({ currency: z.string(), amount: z.number() });

const usageLine = z
  .object({
    instance: z.string(),
    name: z.string(),
    environment: z.string(),
    blueprint: z.string(),
    state: z.string(),
    hours: z.int().describe("Of so many hours of the month the requests are counted."),
    ofHours: z.int().describe("So many hours of the month the instance was there."),
    ...counts,
    costs: z
      .array(
        amount.extend({
          lines: z.array(z.object({ label: z.string(), quantity: z.number(), amount: z.number() })),
        }),
      )
      .describe("An estimate by the settings' prices, one for each currency: they are never added up."),
  })
  .openapi("UsageLine");

export const usageReport = pageOf(usageLine)
  .extend({
    month,
    isOver: z.boolean().describe("False = the month goes on."),
    totals: usageCounts,
    costs: z.array(amount),
  })
  .openapi("UsageReport");

export type UsageRange = (typeof usageRanges)[number];
export type UsageUnit = (typeof usageUnits)[number];
export type UsagePrice = z.infer<typeof usagePrice>;
export type UsageCounts = z.infer<typeof usageCounts>;
export type UsageBucket = z.infer<typeof usageBucket>;
export type InstanceUsage = z.infer<typeof instanceUsage>;
export type FleetUsage = z.infer<typeof fleetUsage>;
export type UsageLine = z.infer<typeof usageLine>;
export type UsageReport = z.infer<typeof usageReport>;
