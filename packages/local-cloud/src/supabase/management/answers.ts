import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { z } from "zod";
import type { CloudEnv } from "../../kit/context.ts";

/** The Management API's error: a message and nothing else. */
export function refuse(c: Context<CloudEnv>, status: ContentfulStatusCode, message: string): Response {
  return c.json({ message }, status);
}

/** The body as the schema has it, or the 400 that says what is wrong with it. */
export async function bodyAs<T>(
  c: Context<CloudEnv>,
  schema: z.ZodType<T>,
): Promise<{ body: T } | { refused: Response }> {
  const json: unknown = await c.req.json().catch(() => undefined);
  const parsed = schema.safeParse(json);
  if (parsed.success) return { body: parsed.data };
  const message = parsed.error.issues
    .map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`)
    .join("; ");
  return { refused: refuse(c, 400, message) };
}
