import { z } from "@hono/zod-openapi";
import { pageOf, time } from "./common.ts";

/** What differences are sorted by: where an operator looks, and what a policy is said for. */
export const driftAreas = [
  "project",
  "repository",
  "site",
  "environment",
  "auth",
  "automations",
  "schema",
  "users",
  "vault",
  "other",
] as const;

/** Areas that a policy may repair by itself: nothing in them holds a client's data. */
export const repairableAreas = ["repository", "site", "environment", "auth", "automations"] as const;

const policy = z.enum(["tell", "repair"]);

/** What is done about drift by itself; what is not named is told. */
export const driftPolicy = z
  .object({
    areas: z
      .object({ repository: policy, site: policy, environment: policy, auth: policy, automations: policy })
      .partial(),
    repairsADay: z.int().min(1).max(24).describe("Of one instance, begun by the policy."),
  })
  .openapi("DriftPolicy");

const driftItem = z
  .object({
    instance: z.string().describe("Slug."),
    blueprint: z.string(),
    environment: z.string(),
    path: z.string().describe('Unique in its instance, as in "environment.CLIENT_NAME".'),
    area: z.enum(driftAreas),
    step: z.string(),
    act: z
      .enum(["create", "update", "replace", "remove", "blocked"])
      .describe("What setting it right means; `blocked` = a person has to look."),
    from: z.string().optional().describe("What is there; a secret as its fingerprint."),
    to: z.string().optional().describe("What is wanted; a secret as its fingerprint."),
    why: z.string().optional(),
    next: z.string().optional(),
    repair: z
      .enum(["run", "settle", "none"])
      .describe(
        "`run` = a repair sets it right, `settle` = our side of the vault is put back, `none` = by hand.",
      ),
    firstSeenAt: time,
    lastSeenAt: time,
    acceptedBy: z.string().optional(),
    acceptedAt: time.optional(),
    repairs: z.int().describe("Automatic ones since a person last did something about it."),
    stoppedAt: time.optional().describe("It kept coming back: it is not repaired by itself any more."),
  })
  .openapi("DriftItem");

export const driftPage = pageOf(driftItem).openapi("DriftPage");

/** What one instance differs in, as last seen. */
export const instanceDrift = z
  .object({
    instance: z.string(),
    lookedAt: time.optional().describe("Absent until somebody has looked."),
    dueAt: time.optional().describe("When the hub looks again."),
    problems: z
      .array(z.object({ where: z.string(), what: z.string(), next: z.string() }))
      .describe("What could not be looked at; what was seen there before stays."),
    besides: z.array(z.string()).describe("What else a repair would do, as in pending migrations."),
    items: z.array(driftItem),
  })
  .openapi("InstanceDrift");

/** What was begun about chosen differences. */
export const driftRepair = z
  .object({
    run: z.string().optional().describe("The repair; absent where only keys of the vault were put back."),
    paths: z.array(z.string()),
  })
  .openapi("DriftRepair");

export type DriftArea = (typeof driftAreas)[number];
export type DriftItem = z.infer<typeof driftItem>;
export type DriftPolicy = z.infer<typeof driftPolicy>;
export type InstanceDrift = z.infer<typeof instanceDrift>;
export type DriftRepair = z.infer<typeof driftRepair>;
