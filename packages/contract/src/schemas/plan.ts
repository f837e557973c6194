import { z } from "@hono/zod-openapi";

export const change = z
  .object({
    path: z.string(),
    act: z.enum(["create", "update", "replace", "remove"]),
    from: z.string().optional(),
    to: z.string().optional(),
    holdsData: z.boolean().optional(),
  })
  .openapi("Change");

export const planItem = z
  .object({
    step: z.string(),
    kind: z.string(),
    name: z.string(),
    does: z.enum(["create", "update", "replace", "remove", "keep", "send", "wait", "blocked"]),
    changes: z.array(change),
    after: z.array(z.string()),
    brought: z
      .string()
      .optional()
      .describe("A client brings it: what is changed in it. It is never removed."),
    field: z.string().optional().describe("With `blocked`: the answer that is to blame."),
    why: z.string().optional(),
    next: z.string().optional(),
    fault: z
      .enum(["try-again", "rejected", "not-ours", "sign-in-again", "outcome-unknown"])
      .optional()
      .describe("With `blocked`: what kept it from being looked at."),
  })
  .openapi("PlanItem");

export const costLine = z
  .object({
    kind: z.string().min(1).max(80),
    label: z.string().min(1).max(120),
    monthly: z.number().nonnegative().max(1_000_000_000),
    currency: z.string().regex(/^[A-Z]{3}$/, "is no currency code, like USD"),
  })
  .openapi("CostLine");

export type CostLine = z.infer<typeof costLine>;

/** What a run would do and what it would cost a month, by the hub's own table of prices. */
export const plan = z
  .object({
    slug: z.string(),
    region: z.string().optional(),
    items: z.array(planItem),
    cost: z.object({ monthly: z.number(), currency: z.string(), lines: z.array(costLine) }),
  })
  .openapi("Plan");
