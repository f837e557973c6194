import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { z } from "zod";
import type { CloudEnv } from "../kit/context.ts";

/** Vercel's error: a code for programs and a message for people. */
export function refuse(
  c: Context<CloudEnv>,
  status: ContentfulStatusCode,
  code: string,
  message: string,
  more: object = {},
): Response {
  return c.json({ error: { code, message, ...more } }, status);
}

/** The 404 for a project that is not there, or not in this call's account. */
export function noProject(c: Context<CloudEnv>): Response {
  return refuse(c, 404, "not_found", "Project not found.");
}

/** The body as the schema has it, or the 400 that says what is wrong with it. Unknown keys are wrong. */
export async function bodyAs<T>(
  c: Context<CloudEnv>,
  schema: z.ZodType<T>,
): Promise<{ body: T } | { refused: Response }> {
  const json: unknown = await c.req.json().catch(() => undefined);
  const parsed = schema.safeParse(json);
  if (parsed.success) return { body: parsed.data };
  const [issue] = parsed.error.issues;
  const message =
    issue?.code === "unrecognized_keys"
      ? `should NOT have additional property \`${issue.keys[0]}\`.`
      : `\`${issue?.path.join(".") || "body"}\` ${issue?.message}.`;
  return { refused: refuse(c, 400, "bad_request", `Invalid request: ${message}`) };
}

/** The 403 for a team that this token does not belong to. */
export function accountMissing(c: Context<CloudEnv>): Response {
  return refuse(c, 403, "forbidden", "Not authorized: this token has no access to the given team.");
}
