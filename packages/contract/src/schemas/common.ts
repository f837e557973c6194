import { z } from "@hono/zod-openapi";

/** Time as ISO 8601 in UTC. */
export const time = z.iso.datetime();

/** Which part of a list: `cursor` is what the last answer gave as `nextCursor`. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(400).optional(),
});

/** A part of a list, newest or first first. Without `nextCursor` it is the last part. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().optional(), total: z.int().optional() });

/** A query's `state=live,failed` as a list. */
export const listOf = <Value extends string>(values: readonly [Value, ...Value[]]) =>
  z
    .string()
    .transform((text) => text.split(",").filter((each) => each !== ""))
    .pipe(z.array(z.enum(values)))
    .optional()
    .openapi({ type: "string", description: `Comma-separated: ${values.join(", ")}` });
