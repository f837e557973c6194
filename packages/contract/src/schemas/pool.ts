import { z } from "@hono/zod-openapi";
import { time } from "./common.ts";

const environment = z.string().min(1).max(60);
/** As Supabase writes its regions: `eu-central-1`. */
const region = z.string().regex(/^[a-z]{2}-[a-z]+-\d$/, "is no region, like eu-central-1");
const count = z.int().min(0).max(20);
const maxAgeDays = z.int().min(1).max(365);

/** How many projects are kept ready where, and for how long. */
export const poolSettings = z
  .object({
    sizes: z
      .array(
        z.object({
          environment,
          region,
          count,
        }),
      )
      .max(50)
      .refine(
        (sizes) => new Set(sizes.map((each) => `${each.environment} ${each.region}`)).size === sizes.length,
        "names a region twice",
      ),
    maxAgeDays: maxAgeDays
      .default(30)
      .describe("One that nobody claimed for so long is thrown away and replaced."),
  })
  .openapi("PoolSettings");

/** What a project of the pool can be; `removing` = being thrown away. */
const poolStates = ["making", "ready", "claimed", "failed", "removing"] as const;

const reason = z.object({ what: z.string(), next: z.string() });

const poolProject = z
  .object({
    id: z.string(),
    environment: z.string(),
    region: z.string(),
    name: z.string(),
    ref: z.string().optional(),
    state: z.enum(poolStates),
    reason: reason.optional().describe("Why it failed, waits, or is thrown away."),
    instance: z.string().optional().describe("Slug of the instance that claimed it."),
    createdAt: time,
    readyAt: time.optional(),
    claimedAt: time.optional(),
  })
  .openapi("PoolProject");

const poolPlace = z
  .object({
    environment: z.string(),
    region: z.string(),
    wanted: z.int(),
    ready: z.int(),
    making: z.int(),
    failed: z.int(),
    reason: reason.optional().describe("Why it is not full just now."),
  })
  .openapi("PoolPlace");

export const pool = z
  .object({
    isOn: z.boolean().describe("Some are wanted somewhere."),
    maxAgeDays: z.int(),
    places: z.array(poolPlace),
    items: z.array(poolProject).describe("All that stand, and those claimed within seven days."),
    costs: z
      .array(z.object({ currency: z.string(), monthly: z.number() }))
      .describe("Of those that stand unclaimed, by the settings' price of a project, a month."),
  })
  .openapi("Pool");

/** A place of the pool. */
const poolPlaceName = z.object({ environment: environment.optional(), region });

/** How many are wanted at a place. */
export const poolSize = poolPlaceName.extend({
  count,
  maxAgeDays: maxAgeDays.optional().describe("Of the whole pool; left out = as it is."),
});

/** Which of the pool is emptied: everything, an environment, a region. */
export const poolDrain = poolPlaceName.partial();

export type PoolSettings = z.infer<typeof poolSettings>;
export type Pool = z.infer<typeof pool>;
export type PoolProject = z.infer<typeof poolProject>;
export type PoolState = PoolProject["state"];
export type PoolSize = z.infer<typeof poolSize>;
export type PoolDrain = z.infer<typeof poolDrain>;
