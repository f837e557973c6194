import { z } from "@hono/zod-openapi";
import { time } from "./common.ts";

const member = z
  .object({
    email: z.string(),
    name: z.string().optional(),
    role: z.string().describe("As the instance's own rules go by it; empty = none."),
    state: z
      .enum(["joined", "invited", "blocked"])
      .describe("`invited` = has an account and has not opened it yet."),
    isFirstAdmin: z
      .boolean()
      .describe("The one whom the instance's answers name: cannot be removed, only given another role."),
    isLastAdmin: z.boolean().describe("Keeps the first role until somebody else has it."),
    wasMade: z.boolean().describe("The hub made the account for an invitation: a revoked one is removed."),
    of: z.string().optional().describe("Id of the row that the role belongs to."),
    invitedAt: time.optional(),
    lastSignInAt: time.optional(),
    createdAt: time,
  })
  .openapi("TeamMember");

/** Who belongs to an instance, and what they can be there. */
export const team = z
  .object({
    roles: z.array(z.string()).describe("The mightiest first."),
    of: z
      .object({
        roles: z.array(z.string()).describe("Roles that need one of these."),
        name: z.string().describe("What they are called in the instance's database."),
        items: z.array(z.object({ id: z.string(), label: z.string() })),
      })
      .optional(),
    total: z.int().describe("May be more than are listed."),
    items: z.array(member),
  })
  .openapi("InstanceTeam");

export type InstanceTeam = z.infer<typeof team>;
export type TeamMember = z.infer<typeof member>;
