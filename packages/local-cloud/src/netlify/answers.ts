import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { z } from "zod";
import type { CloudEnv } from "../kit/context.ts";

/** Netlify's error: the status again, and a message for people. */
export function refuse(c: Context<CloudEnv>, status: ContentfulStatusCode, message: string): Response {
  return c.json({ code: status, message }, status);
}

/** The 422 about single fields, which has another shape. */
export function refuseFields(c: Context<CloudEnv>, errors: Record<string, string[]>): Response {
  return c.json({ errors }, 422);
}

/** The 404 for everything that is not there, or not this token's. */
export const gone = (c: Context<CloudEnv>) => refuse(c, 404, "Not Found");

/** The body as the schema has it, or the 422 that says what is wrong. Unknown keys are passed over, as Netlify does. */
export async function bodyAs<T>(
  c: Context<CloudEnv>,
  schema: z.ZodType<T>,
): Promise<{ body: T } | { refused: Response }> {
  const text = await c.req.text();
  let json: unknown;
  try {
    json = text === "" ? {} : JSON.parse(text);
  } catch {
    return { refused: refuse(c, 400, "The body is not JSON.") };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { body: parsed.data };
  const [issue] = parsed.error.issues;
  return { refused: refuse(c, 422, `${issue?.path.join(".") || "body"}: ${issue?.message}`) };
}

/** One page of a list, with Netlify's `page` and `per_page` (100 at most). */
export function pageOf<T>(c: Context<CloudEnv>, all: readonly T[]): T[] {
  const page = Math.max(1, Number(c.req.query("page") ?? 1) || 1);
  const size = Math.min(100, Math.max(1, Number(c.req.query("per_page") ?? 100) || 100));
  return all.slice((page - 1) * size, page * size);
}
