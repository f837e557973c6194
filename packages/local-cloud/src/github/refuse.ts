import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { CloudEnv } from "../kit/context.ts";

/** GitHub's error. */
export function refuse(
  c: Context<CloudEnv>,
  status: ContentfulStatusCode,
  message: string,
  errors?: object[],
): Response {
  return c.json(
    {
      message,
      ...(errors === undefined ? {} : { errors }),
      documentation_url: "https://docs.github.com/rest",
      status: String(status),
    },
    status,
  );
}

export const notFound = (c: Context<CloudEnv>): Response => refuse(c, 404, "Not Found");
