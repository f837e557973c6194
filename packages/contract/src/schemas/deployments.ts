import { z } from "@hono/zod-openapi";
import { pageOf, time } from "./common.ts";
import { rolloutStates, targetStates } from "./fleet.ts";
import { faultReport } from "./problem.ts";

const deployment = z
  .object({
    id: z.string().describe("The host's id."),
    commit: z.string().optional(),
    createdAt: time,
    state: z.enum(["building", "ready", "failed", "cancelled"]),
    url: z.string().optional().describe("Its own address; may be closed to visitors."),
    isCurrent: z.boolean().describe("Visitors get this one."),
    isKept: z.boolean().describe("An operator went back to it: newer ones wait until one is promoted."),
  })
  .openapi("Deployment");

/** Production deployments of an instance's site, the newest 50 at most, newest first. */
export const deployments = z.object({ host: z.string(), items: z.array(deployment) }).openapi("Deployments");

const conflict = z.object({ path: z.string(), why: z.string() });

/** What the newer version of the template means for one instance's repository. */
const templatePlan = z
  .object({
    instance: z.string(),
    repository: z.string().optional(),
    base: z.string().optional().describe("The template's commit that it holds."),
    isCurrent: z.boolean(),
    taken: z.array(z.string()).describe("Files that come from the template as they are."),
    merged: z.array(z.string()).describe("Files in which both sides' changes stand side by side."),
    removed: z.array(z.string()),
    kept: z.array(z.string()).describe("Files of the client's own that stay."),
    conflicts: z.array(conflict).describe("Files that a person has to settle."),
    byHand: z.string().optional().describe("Why its pull request may have to be merged by a person."),
    problem: faultReport.optional().describe("Why nothing can be said of it."),
  })
  .openapi("TemplatePlan");

/** What an update would do, instance by instance; nothing is written. */
export const templatePlans = z
  .object({ template: z.string(), commit: z.string(), items: z.array(templatePlan) })
  .openapi("TemplatePlans");

const which = {
  slugs: z.array(z.string().max(60)).max(10_000).optional().describe("Only these; absent = all."),
  blueprint: z.string().max(60).optional(),
  environment: z.string().max(60).optional(),
};

/** Which instances are asked about. */
export const templateWhich = z.object(which);

/** Which instances get the newer version, and how carefully. */
export const templateUpdateInput = z
  .object({
    ...which,
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
    errorBudget: z.number().min(0).max(100).default(2).describe("Percent of all that may fail."),
    approve: z.boolean().default(false).describe("Wait for a person between waves."),
    merge: z
      .boolean()
      .default(false)
      .describe("Merge by itself what has no conflict, once its preview is built; else people merge."),
    concurrency: z.int().min(1).max(16).default(4),
    attempts: z.int().min(1).max(10).default(3),
  })
  .openapi("TemplateUpdateInput");

export const templateUpdate = z
  .object({
    id: z.string(),
    environment: z.string(),
    template: z.string(),
    commit: z.string(),
    state: z.enum(rolloutStates),
    by: z.string(),
    why: z.string().optional(),
    next: z.string().optional(),
    wave: z.int().describe("0 = the canary."),
    waves: z.array(z.object({ wave: z.int(), targets: z.int(), done: z.int(), failed: z.int() })),
    counts: z.object({
      pending: z.int(),
      running: z.int(),
      waiting: z.int(),
      done: z.int(),
      failed: z.int(),
      leftBehind: z.int(),
    }),
    errorBudget: z.number(),
    mayFail: z.int(),
    approve: z.boolean(),
    merge: z.boolean(),
    createdAt: time,
    startedAt: time.optional(),
    endedAt: time.optional(),
    lacksWorker: z.boolean(),
  })
  .openapi("TemplateUpdate");

const templateTarget = z
  .object({
    instance: z.string(),
    wave: z.int(),
    state: z.enum(targetStates),
    repository: z.string().optional(),
    pull: z.object({ number: z.int(), url: z.string() }).optional(),
    conflicts: z.array(conflict),
    said: z.string().optional().describe("Where it stands."),
    fault: faultReport.optional(),
    attempts: z.int(),
    startedAt: time.optional(),
    endedAt: time.optional(),
  })
  .openapi("TemplateTarget");

export const templateTargets = pageOf(templateTarget);

export type InstanceDeployments = z.infer<typeof deployments>;
export type TemplatePlans = z.infer<typeof templatePlans>;
export type TemplateWhich = z.input<typeof templateWhich>;
export type TemplateUpdateInput = z.input<typeof templateUpdateInput>;
export type TemplateUpdate = z.infer<typeof templateUpdate>;
export type TemplateTarget = z.infer<typeof templateTarget>;
