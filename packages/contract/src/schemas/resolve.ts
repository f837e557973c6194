import { z } from "@hono/zod-openapi";

/** A point on the map, in degrees. */
const point = z.object({ latitude: z.number(), longitude: z.number(), zoom: z.number().optional() });

/** What anybody may know of an instance: enough for a front end to serve it. Never a secret. */
export const resolved = z
  .object({
    subdomain: z.string(),
    name: z.string(),
    type: z.string().nullable().describe("Of a community: municipality, university, …"),
    blueprint: z.string(),
    supabaseUrl: z.string(),
    supabaseAnonKey: z
      .string()
      .describe("The publishable key: opens what row-level security lets anybody read."),
    url: z.string().nullable().describe("The instance's own site."),
    locale: z.string().nullable(),
    mapCenter: point.nullable(),
    modules: z.array(z.string()),
    status: z.literal("live").describe("It serves; also while it is updated, and when an update failed."),
  })
  .openapi("Resolved");

export type Resolved = z.infer<typeof resolved>;

/** How an instance answers visitors. `unknown` = not yet live, switched off, or removed. */
const resolverStates = ["live", "paused", "archived", "unknown"] as const;

/** The hosts of an instance, and what visitors find there. */
export const hosts = z
  .object({
    state: z.enum(resolverStates).describe("What a resolver answers for it."),
    own: z.string().optional().describe("`{subdomain}.ATOLL_DOMAIN`; absent where no domain is set."),
    items: z.array(z.object({ host: z.string(), verifiedAt: z.iso.datetime().nullable() })),
  })
  .openapi("Hosts");

export type Hosts = z.infer<typeof hosts>;
