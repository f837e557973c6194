import { z } from "@hono/zod-openapi";
import { time } from "./common.ts";

/** What somebody may do: a viewer looks, an operator acts on requests and instances, an owner on people and secrets. */
export const roles = ["viewer", "operator", "owner"] as const;
export const role = z.enum(roles).openapi("Role");
export type Role = z.infer<typeof role>;

export const me = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string().optional().describe("Absent for an API key."),
    role,
    kind: z.enum(["person", "key"]),
    twoFactor: z.boolean(),
  })
  .openapi("Me");

export const member = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    role,
    twoFactor: z.boolean(),
    createdAt: time,
    lastSeenAt: time.optional(),
  })
  .openapi("Member");

export const invitation = z
  .object({
    id: z.string(),
    email: z.string(),
    role,
    invitedBy: z.string(),
    createdAt: time,
    expiresAt: time,
  })
  .openapi("Invitation");

export const apiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    role,
    /** The first characters, to tell keys apart. */
    start: z.string(),
    createdBy: z.string(),
    createdAt: time,
    lastUsedAt: time.optional(),
    expiresAt: time.optional(),
  })
  .openapi("ApiKey");
