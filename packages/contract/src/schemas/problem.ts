import { z } from "@hono/zod-openapi";
import { vaultEntry } from "./vault.ts";

/** An error as every route gives it (RFC 9457, `application/problem+json`), with what to do next. */
export const problem = z
  .object({
    type: z
      .string()
      .describe("A URI that names the kind of problem; `about:blank` when the status says it all."),
    title: z.string().describe("What happened, one sentence."),
    status: z.int(),
    next: z.string().describe("What to do about it, one sentence."),
    field: z.string().optional().describe("Field of the input that is to blame, as a dotted path."),
    problems: z
      .array(z.object({ field: z.string(), what: z.string() }))
      .optional()
      .describe("All that is wrong with the input, where more than one thing can be."),
    conflict: vaultEntry.optional().describe("Both sides of what was changed twice (409 of a vault's key)."),
    language: z
      .enum(["en", "fr", "id"])
      .optional()
      .describe("Language of `title`, `next` and `problems`, where askers read them; else English."),
    requestId: z.string().optional().describe("Stands in the hub's log, too."),
  })
  .openapi("Problem");

/** A fault as stored with a run or step. */
export const faultReport = z
  .object({
    kind: z.enum(["try-again", "rejected", "not-ours", "sign-in-again", "outcome-unknown"]),
    what: z.string(),
    next: z.string(),
    field: z.string().optional(),
    call: z.string().optional(),
  })
  .openapi("Fault");

export type Problem = z.infer<typeof problem>;
