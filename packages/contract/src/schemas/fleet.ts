import { z } from "@hono/zod-openapi";
import { pageOf, time } from "./common.ts";
import { instanceStates } from "./instance.ts";
import { faultReport } from "./problem.ts";

export const rolloutStates = [
  "queued",
  "running",
  "awaiting-approval",
  "paused",
  "stopped",
  "finished",
  "failed",
] as const;
export const targetStates = ["pending", "running", "waiting", "done", "failed", "left-behind"] as const;

/** One difference between the catalog of a database and what its migrations make. */
const schemaDifference = z
  .object({
    path: z.string().describe('As in "policy public.deals: deals_organization".'),
    act: z
      .enum(["create", "update", "remove"])
      .describe("What a repair does: make it again, change it back, or take it away."),
    what: z.string().describe("What somebody did, in one sentence."),
    isOurs: z
      .boolean()
      .describe("False for what was added beside the migrations' own things: it stops no update."),
    sql: z.string().describe("SQL that repairs it; empty where only a person can tell."),
  })
  .openapi("SchemaDifference");

/** The schema of one instance, as it was last seen. */
export const instanceSchema = z
  .object({
    instance: z.string().describe("Slug."),
    environment: z.string(),
    blueprint: z.string(),
    state: z.enum(instanceStates).describe("Of the instance."),
    version: z.int().optional().describe("Undefined until somebody has looked."),
    newest: z.int().describe("Version of the blueprint."),
    pending: z.array(z.string()).describe("Labels of migrations that are not applied."),
    drift: z.array(z.string()).describe("Paths of what differs from the migrations."),
    seenAt: time.optional(),
    problem: faultReport.optional().describe("Why it could not be looked at last time."),
  })
  .openapi("InstanceSchema");

const migrationMeta = z
  .object({ version: z.int(), name: z.string(), checksum: z.string(), transactional: z.boolean() })
  .openapi("MigrationMeta");

/** The newest schema of each blueprint, and how many instances stand at which version. */
export const schemaOverview = z
  .object({
    blueprints: z.array(
      z.object({
        blueprint: z.string(),
        newest: z.int(),
        migrations: z.array(migrationMeta),
        instances: z.int(),
        behind: z.int(),
        drifted: z.int(),
        unknown: z.int().describe("Nobody has looked at them yet, or they could not be looked at."),
        versions: z.array(z.object({ version: z.int(), instances: z.int() })),
      }),
    ),
  })
  .openapi("SchemaOverview");

export const schemaFindings = z
  .object({
    findings: z.array(
      z.object({
        rule: z.string(),
        migration: z.string(),
        line: z.int(),
        severity: z.enum(["error", "warning"]),
        what: z.string(),
        next: z.string(),
      }),
    ),
  })
  .openapi("SchemaFindings");

/** Which instances a rollout takes, and how carefully. */
export const rolloutInput = z
  .object({
    blueprint: z.string().max(60),
    environment: z.string().max(60).optional(),
    slugs: z
      .array(z.string().max(60))
      .max(10_000)
      .optional()
      .describe("Only these; absent = all that are behind."),
    canary: z
      .array(z.string().max(60))
      .max(100)
      .optional()
      .describe("Which go first; absent = one is chosen."),
    waves: z
      .array(z.number().min(0.1).max(100))
      .min(1)
      .max(20)
      .default([10, 50, 100])
      .describe("Shares of the fleet in percent that are through after each wave behind the canary."),
    errorBudget: z
      .number()
      .min(0)
      .max(100)
      .default(2)
      .describe("Percent of all that may fail; one more stops it."),
    approve: z.boolean().default(false).describe("Wait for a person between waves."),
    concurrency: z.int().min(1).max(64).default(8),
    perServer: z.int().min(1).max(64).default(4).describe("At once on one database server."),
    lockTimeoutMs: z.int().min(100).max(600_000).default(5_000),
    statementTimeoutMs: z.int().min(100).max(280_000).default(60_000),
    attempts: z.int().min(1).max(10).default(3).describe("Tries at one database before it counts as failed."),
  })
  .openapi("RolloutInput");

const counts = z.object({
  pending: z.int(),
  running: z.int(),
  waiting: z.int(),
  done: z.int(),
  failed: z.int(),
  leftBehind: z.int(),
});

export const rollout = z
  .object({
    id: z.string(),
    blueprint: z.string(),
    environment: z.string(),
    toVersion: z.int(),
    state: z.enum(rolloutStates),
    by: z.string(),
    why: z.string().optional().describe("Why it stopped or waits, one sentence."),
    next: z.string().optional().describe("What to do about it."),
    wave: z.int().describe("0 = the canary."),
    waves: z.array(z.object({ wave: z.int(), targets: z.int(), done: z.int(), failed: z.int() })),
    counts,
    errorBudget: z.number(),
    mayFail: z.int().describe("How many may fail before it stops."),
    approve: z.boolean(),
    createdAt: time,
    startedAt: time.optional(),
    endedAt: time.optional(),
    lacksWorker: z.boolean(),
  })
  .openapi("Rollout");

const rolloutTarget = z
  .object({
    instance: z.string(),
    wave: z.int(),
    state: z.enum(targetStates),
    fromVersion: z.int().optional(),
    version: z.int().optional(),
    attempts: z.int(),
    fault: faultReport.optional().describe("Why it failed, waits or was left behind."),
    restorePoint: z
      .object({
        kind: z.enum(["pitr", "backup", "none"]),
        at: time.optional(),
        backup: z.string().optional(),
        what: z.string(),
      })
      .optional(),
    startedAt: time.optional(),
    endedAt: time.optional(),
    durationMs: z.int().optional().describe("Of the SQL, by the database's own clock."),
  })
  .openapi("RolloutTarget");

export const rolloutTargets = pageOf(rolloutTarget);

/** What a rehearsal on a scratch database found. */
export const rehearsal = z
  .object({
    blueprint: z.string(),
    ok: z.boolean(),
    like: z.string().optional().describe("Slug of the instance whose catalog was copied."),
    steps: z.array(
      z.object({
        migration: z.string(),
        ok: z.boolean(),
        durationMs: z.number(),
        what: z.string().optional(),
      }),
    ),
    fingerprint: z.string().optional(),
    problem: faultReport.optional(),
  })
  .openapi("Rehearsal");

export const schemaDrift = z
  .object({ schema: instanceSchema, differences: z.array(schemaDifference) })
  .openapi("SchemaDrift");

export const syncFiles = z
  .object({
    files: z.array(
      z.object({ instance: z.string(), path: z.string(), from: z.int(), to: z.int(), sql: z.string() }),
    ),
  })
  .openapi("SyncFiles");

export type SchemaDifference = z.infer<typeof schemaDifference>;
export type InstanceSchema = z.infer<typeof instanceSchema>;
export type SchemaOverview = z.infer<typeof schemaOverview>;
export type SchemaFindings = z.infer<typeof schemaFindings>;
export type RolloutInput = z.input<typeof rolloutInput>;
export type Rollout = z.infer<typeof rollout>;
export type RolloutTarget = z.infer<typeof rolloutTarget>;
export type RestorePoint = NonNullable<RolloutTarget["restorePoint"]>;
export type Rehearsal = z.infer<typeof rehearsal>;
export type SchemaDrift = z.infer<typeof schemaDrift>;
export type SyncFile = z.infer<typeof syncFiles>["files"][number];
export type RolloutState = Rollout["state"];
export type TargetState = RolloutTarget["state"];
