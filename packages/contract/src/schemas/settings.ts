import { z } from "@hono/zod-openapi";
import { backupRetention } from "./backups.ts";
import { driftPolicy } from "./drift.ts";
import { costLine } from "./plan.ts";
import { poolSettings } from "./pool.ts";
import { runKinds } from "./run.ts";
import { usagePrice } from "./usage.ts";

/** Seconds that a run of a kind may take, where the settings say nothing; other kinds have no budget of their own. */
export const usualRunBudgets: Readonly<Partial<Record<(typeof runKinds)[number], number>>> = {
  provision: 120,
  update: 120,
  repair: 120,
  destroy: 120,
};

/** Removed; put away, where the provider has that; or left going. */
const archivePolicies = ["remove", "retire", "keep"] as const;
export type ArchivePolicy = (typeof archivePolicies)[number];

export const settings = z
  .object({
    /** An asker confirms their address before an admin sees the request. */
    confirmEmail: z.boolean(),
    /** Who hears of failures; empty = every owner. */
    alertTo: z.array(z.email()),
    runBudgetsSeconds: z
      .partialRecord(z.enum(runKinds), z.int().min(1).max(86_400))
      .optional()
      .describe("By kind of run: longer ones raise an alert; unset = the usual (docs/monitoring.md)."),
    drift: driftPolicy.optional().describe("What is done about drift by itself (docs/drift.md)."),
    coolingOffHours: z
      .int()
      .min(0)
      .max(2_160)
      .optional()
      .describe(
        "How long a removal can be cancelled; unset = 24, and 0 on the local cloud (docs/operations.md).",
      ),
    archivePolicy: z
      .record(z.string().max(60), z.enum(archivePolicies))
      .optional()
      .describe("By kind of thing: what becomes of it when its instance is archived (docs/operations.md)."),
    backups: backupRetention.optional().describe("How many backups are kept (docs/backups.md)."),
    warmPool: poolSettings
      .optional()
      .describe("How many blank projects are kept ready where; unset = none (docs/warm-pool.md)."),
    usagePrices: z
      .array(usagePrice)
      .max(50)
      .optional()
      .describe("What is used costs, beside what stands; currencies may differ (docs/usage.md)."),
    costs: z
      .array(costLine)
      .max(200)
      .refine((lines) => new Set(lines.map((line) => line.currency)).size <= 1, "mixes currencies"),
  })
  .openapi("Settings");

export const finding = z
  .object({
    environment: z.string(),
    provider: z.string(),
    subject: z.string(),
    ok: z.boolean(),
    what: z.string(),
    next: z.string().optional(),
    missing: z.array(z.string()).optional().describe("Permissions that the token lacks."),
    excess: z.array(z.string()).optional().describe("Permissions that it has and nothing here needs."),
  })
  .openapi("Finding");

/** A set of provider accounts. */
export const environment = z
  .object({
    name: z.string(),
    isDefault: z.boolean().describe("Where an instance is made when nobody says."),
    workers: z.int().describe("How many workers do its runs just now."),
  })
  .openapi("Environment");

/** What a blueprint asks, for forms: a JSON Schema and the words for it. */
export const blueprint = z
  .object({
    name: z.string(),
    questions: z.record(z.string(), z.unknown()).describe("JSON Schema of the answers."),
    words: z
      .record(
        z.string(),
        z.object({
          fields: z.record(z.string(), z.string()),
          options: z.record(z.string(), z.record(z.string(), z.string())),
        }),
      )
      .optional()
      .describe(
        "What questions and their choices are called, by language; what is missing is called as everywhere.",
      ),
  })
  .openapi("Blueprint");

export const hubInfo = z
  .object({
    version: z.string(),
    /** True where the hub runs on the local cloud. */
    local: z.boolean(),
    mailbox: z.string().optional(),
    needsFirstOwner: z.boolean(),
    signInWith: z.array(z.string()),
  })
  .openapi("HubInfo");

export type Settings = z.infer<typeof settings>;
