import { z } from "@hono/zod-openapi";
import { time } from "./common.ts";

export const instanceStates = [
  "provisioning",
  "live",
  "updating",
  "paused",
  "archived",
  "failed",
  "removing",
  "removed",
] as const;

/** What a list is filtered by: `unknown` = nobody has looked yet. */
export const healths = ["healthy", "unhealthy", "unknown"] as const;

export const instance = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    blueprint: z.string(),
    environment: z.string(),
    state: z.enum(instanceStates),
    url: z.string().optional(),
    version: z.int().optional().describe("Version of its schema, as last seen; absent before it has one."),
    health: z
      .object({ healthy: z.boolean(), problems: z.int(), checkedAt: time })
      .optional()
      .describe("As it was when it was last looked at; absent = nobody has looked yet."),
    createdAt: time,
    updatedAt: time,
  })
  .openapi("Instance");

export const instanceDetails = instance
  .extend({
    answers: z.record(z.string(), z.unknown()).describe("Accepted inputs; secrets are left out."),
    /** Names of secrets that are set. Their values are not here. */
    secrets: z.array(z.string()),
    run: z.string().optional().describe("The newest run."),
  })
  .openapi("InstanceDetails");

export const resource = z
  .object({
    step: z.string(),
    kind: z.string(),
    name: z.string(),
    id: z.string(),
    origin: z
      .enum(["created", "adopted"])
      .describe("adopted = it was there when it was first looked at, as a new project's keys are."),
    brought: z.boolean().describe("A client brought it, or it was there in what a client brought."),
    observedAt: time.optional(),
    /** The thing's page at its provider. */
    dashboard: z.string().optional(),
  })
  .openapi("Resource");

export const health = z
  .object({ healthy: z.boolean(), problems: z.array(z.object({ step: z.string(), problem: z.string() })) })
  .openapi("Health");

export type InstanceSummary = z.infer<typeof instance>;
