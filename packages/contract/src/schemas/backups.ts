import { z } from "@hono/zod-openapi";
import { pageOf, time } from "./common.ts";

/** `verified` = it was restored into a scratch database and compared row by row: only such a backup counts. */
export const backupStates = ["making", "made", "verified", "damaged", "missing", "removed"] as const;
const backupWhys = ["scheduled", "asked", "before-restore"] as const;
const restoreStates = ["waiting", "provisioning", "restoring", "done", "failed"] as const;

const problem = z
  .object({
    damage: z.string().describe('What kind of damage, as in "missing-part" (docs/archive-format.md).'),
    what: z.string(),
    next: z.string(),
  })
  .openapi("BackupProblem");

const checkpoint = z.object({
  deploymentId: z.string().optional(),
  commitId: z.string().optional(),
  workflowIds: z.array(z.string()),
  projectUrl: z.string().optional().describe("Where the project's APIs were; workflows name it."),
});

export const backup = z
  .object({
    id: z.string(),
    instance: z.string().describe("Slug."),
    blueprint: z.string(),
    why: z.enum(backupWhys),
    state: z.enum(backupStates),
    checkpoint,
    schemaVersion: z.int().optional(),
    oneMoment: z.boolean().optional().describe("All rows are of one moment; else each page of its own."),
    tables: z.int().optional(),
    rows: z.int().optional(),
    sizeBytes: z.int().optional(),
    beganAt: time,
    madeAt: time.optional(),
    checkedAt: time.optional().describe("When every part was read last and was as it was written."),
    drilledAt: time.optional().describe("When it was restored and compared last."),
    durationMs: z.int().optional(),
    drillMs: z.int().optional(),
    problem: problem.optional(),
  })
  .openapi("Backup");

export const backupPage = pageOf(backup).openapi("BackupPage");

/** A backup that the provider of the database keeps itself. */
const providerBackup = z
  .object({
    id: z.string(),
    at: time,
    state: z.string().describe("As the provider says it."),
    restorable: z.boolean(),
  })
  .openapi("ProviderBackup");

/** All backups of one instance: ours, and its provider's. */
export const instanceBackups = z
  .object({
    instance: z.string(),
    items: z.array(backup),
    dueAt: time.optional().describe("When the schedule makes the next one."),
    skipped: z.string().optional().describe("Why the last turn was let pass."),
    provider: z.object({
      items: z.array(providerBackup),
      pointInTime: z
        .object({ from: time.optional(), to: time.optional() })
        .optional()
        .describe("Between which moments it can be taken back to any; absent = it cannot."),
      what: z.string().optional().describe("Why there are none, or why they could not be looked at."),
    }),
  })
  .openapi("InstanceBackups");

/** A restore of a backup as a new instance. */
export const restoreAs = z
  .object({
    id: z.string(),
    backup: z.string(),
    slug: z.string(),
    state: z.enum(restoreStates),
    provisionRun: z.string().optional(),
    restoreRun: z.string().optional(),
    fault: z.object({ what: z.string(), next: z.string() }).optional(),
    by: z.string(),
    createdAt: time,
    endedAt: time.optional(),
  })
  .openapi("RestoreAs");

/** How many backups are kept: the newest verified one of so many days, weeks and months. */
export const backupRetention = z
  .object({
    daily: z.int().min(1).max(366),
    weekly: z.int().min(0).max(520),
    monthly: z.int().min(0).max(240),
  })
  .openapi("BackupRetention");

export type BackupState = (typeof backupStates)[number];
export type BackupWhy = (typeof backupWhys)[number];
export type RestoreState = (typeof restoreStates)[number];
export type BackupProblem = z.infer<typeof problem>;
export type BackupCheckpoint = z.infer<typeof checkpoint>;
export type Backup = z.infer<typeof backup>;
export type BackupPage = z.infer<typeof backupPage>;
export type InstanceBackups = z.infer<typeof instanceBackups>;
export type RestoreAs = z.infer<typeof restoreAs>;
export type BackupRetention = z.infer<typeof backupRetention>;
