import { z } from "@hono/zod-openapi";
import { time } from "./common.ts";

const strayThing = z
  .object({
    environment: z.string(),
    provider: z.string().describe('As people know it: "GitHub".'),
    kind: z.string().describe('"github.repository".'),
    id: z.string().describe("The provider's."),
    name: z.string(),
    instance: z.string().optional().describe("Id of the instance that its mark names."),
    slug: z.string().optional().describe("Of that instance, where the registry knows it."),
    createdAt: time.optional(),
    monthly: z.number().optional().describe("What it costs a month, where the settings have a price."),
    currency: z.string().optional(),
    why: z.string(),
  })
  .openapi("StrayThing");

/** What stands at the providers without an owner. */
export const sweep = z
  .object({
    orphans: z.array(strayThing).describe("Provably ours, and nobody's in the registry."),
    unproven: z
      .array(strayThing)
      .describe("Look like ours and cannot be proven to be: told, and never removed by us."),
    leftOut: z.object({
      young: z.int().describe("Too young: whoever made them may be about to write them down."),
      busy: z.int().describe("Of instances with a run that goes on."),
    }),
    problems: z
      .array(z.object({ environment: z.string(), provider: z.string(), what: z.string(), next: z.string() }))
      .describe("Providers that could not be asked."),
    lookedAt: time,
  })
  .openapi("Sweep");

/** Which orphans are removed. */
export const sweepOrder = z
  .object({
    environment: z.string().max(60).optional(),
    ids: z.array(z.string().min(1).max(300)).min(1).max(500).optional().describe("Absent = all of them."),
    confirm: z.int().min(0).describe("How many that is, as you saw it: another number removes nothing."),
  })
  .openapi("SweepOrder");

const removal = z
  .object({
    id: z.string(),
    environment: z.string(),
    kind: z.string(),
    thing: z.string().describe("The provider's id."),
    name: z.string(),
    instance: z.string().optional(),
    why: z.string(),
    by: z.string(),
    askedAt: time,
    state: z.enum(["asked", "removed", "kept", "failed"]),
    said: z.string().optional().describe("Why it was kept, or what it waits for."),
    fault: z.object({ what: z.string(), next: z.string() }).optional(),
    endedAt: time.optional(),
  })
  .openapi("SweepRemoval");

export const sweepRemovals = z
  .object({ items: z.array(removal).describe("Those that go on, and the newest 200.") })
  .openapi("SweepRemovals");

export type StrayThing = z.infer<typeof strayThing>;
export type Sweep = z.infer<typeof sweep>;
export type SweepOrder = z.infer<typeof sweepOrder>;
export type SweepRemoval = z.infer<typeof removal>;
