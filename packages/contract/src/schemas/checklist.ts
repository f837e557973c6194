import { z } from "@hono/zod-openapi";
import { time } from "./common.ts";

/** What a checklist looks at, in its order. */
export const checkNames = [
  "project",
  "schema",
  "row-security",
  "vault",
  "registered",
  "resolves-locally",
  "resolves-in-production",
  "site",
  "auth-settings",
  "sign-in",
  "workflows",
  "backup",
  "mail",
  "others",
] as const;

const checkResults = ["ok", "failed", "waiting", "not-applicable"] as const;

const checkLine = z
  .object({
    check: z.enum(checkNames),
    title: z.string().describe("What is asked, in plain words."),
    result: z.enum(checkResults),
    what: z.string().describe("What was found, in sentences."),
    next: z.string().optional().describe("What to do about it."),
  })
  .openapi("CheckLine");

export const checklist = z
  .object({
    lines: z.array(checkLine).describe("Empty when nobody has checked yet."),
    checkedAt: time.optional(),
  })
  .openapi("Checklist");

export type CheckName = (typeof checkNames)[number];
export type CheckLine = z.infer<typeof checkLine>;
