import { z } from "@hono/zod-openapi";
import { time } from "./common.ts";
import { faultReport } from "./problem.ts";

/** States of a request: somebody asks, an admin decides, the instance comes to be. */
export const requestStates = [
  "pending",
  "approved",
  "provisioning",
  "deployed",
  "failed",
  "rejected",
  "withdrawn",
] as const;

export const locale = z.enum(["en", "fr", "id"]).openapi("Locale");

export const request = z
  .object({
    id: z.string(),
    blueprint: z.string(),
    slug: z.string().describe("What the client would like; may change until it is approved."),
    name: z.string(),
    email: z.string(),
    locale,
    answers: z.record(z.string(), z.unknown()),
    environment: z
      .string()
      .optional()
      .describe("The provider accounts that it is made with; absent until somebody decides."),
    state: z.enum(requestStates),
    /** False = not yet confirmed by the mail's link; admins see it greyed. */
    confirmed: z.boolean(),
    reason: z.string().optional().describe("Why it was rejected."),
    decidedBy: z.string().optional(),
    instance: z.string().optional().describe("Slug of the instance that came of it."),
    run: z.string().optional(),
    instanceUrl: z.string().optional(),
    providerIds: z.record(z.string(), z.string()),
    fault: faultReport.optional(),
    submittedAt: time,
    confirmedAt: time.optional(),
    decidedAt: time.optional(),
    startedAt: time.optional(),
    completedAt: time.optional(),
  })
  .openapi("Request");

/** What the asker sees of their own request. */
export const publicRequest = z
  .object({
    name: z.string(),
    slug: z.string(),
    blueprint: z.string(),
    locale,
    state: z.enum(requestStates),
    confirmed: z.boolean(),
    reason: z.string().optional(),
    instanceUrl: z.string().optional(),
    submittedAt: time,
    completedAt: time.optional(),
    /** How far a provisioning is, in plain steps. */
    progress: z.object({ done: z.int(), of: z.int() }).optional(),
  })
  .openapi("PublicRequest");

export type Request = z.infer<typeof request>;
export type PublicRequest = z.infer<typeof publicRequest>;
