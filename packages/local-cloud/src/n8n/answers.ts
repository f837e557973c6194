import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { z } from "zod";
import type { CloudEnv } from "../kit/context.ts";

/** n8n's error. */
export const refuse = (c: Context<CloudEnv>, status: ContentfulStatusCode, message: string): Response =>
  c.json({ message }, status);

/** The 404 of whatever is not there. */
export const notFound = (c: Context<CloudEnv>): Response => refuse(c, 404, "Not Found");

/** The body as the schema has it, or n8n's 400. */
export async function body<T>(
  c: Context<CloudEnv>,
  schema: z.ZodType<T>,
): Promise<{ value: T } | { refused: Response }> {
  const json: unknown = await c.req.json().catch(() => undefined);
  const parsed = schema.safeParse(json);
  if (parsed.success) return { value: parsed.data };
  const [issue] = parsed.error.issues;
  const at = `request/body${issue?.path.length ? `/${issue.path.join("/")}` : ""}`;
  const why =
    issue?.code === "unrecognized_keys"
      ? "must NOT have additional properties"
      : (issue?.message ?? "is invalid");
  return { refused: refuse(c, 400, `${at} ${why}`) };
}

/** A page of a list, by n8n's opaque cursor. */
export function page<T>(c: Context<CloudEnv>, all: readonly T[]) {
  const limit = Math.min(250, Math.max(1, Number(c.req.query("limit") ?? 100)));
  const cursor = c.req.query("cursor");
  const offset =
    cursor === undefined ? 0 : Number(JSON.parse(Buffer.from(cursor, "base64").toString("utf8")).offset);
  const next =
    offset + limit < all.length
      ? Buffer.from(JSON.stringify({ limit, offset: offset + limit })).toString("base64")
      : null;
  return { items: all.slice(offset, offset + limit), nextCursor: next };
}
