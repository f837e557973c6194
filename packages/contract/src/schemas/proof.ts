import { z } from "@hono/zod-openapi";
import { time } from "./common.ts";

/** What a run that removes things saw of each of them, and what stays by intention. */
export const proof = z
  .object({
    run: z.string(),
    instance: z.string().describe("Slug."),
    kind: z.enum(["destroy", "archive"]),
    /** Every thing that had to go was looked for again and is not there. */
    isWhole: z.boolean(),
    endedAt: time.optional(),
    things: z.array(
      z.object({
        step: z.string(),
        kind: z.string(),
        name: z.string(),
        id: z.string().optional().describe("At its provider; missing where it never had one."),
        is: z.enum(["absent", "retired", "kept", "failed", "open"]),
        at: time.optional().describe("When it was seen so."),
        what: z.string().optional().describe("What is wrong with it, or what stays."),
      }),
    ),
    remains: z.array(z.string()).describe("What stays by intention, one sentence each."),
  })
  .openapi("Proof");

export type Proof = z.infer<typeof proof>;
