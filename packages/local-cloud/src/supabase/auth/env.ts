import type { Context } from "hono";
import type pg from "pg";
import type { z } from "zod";
import type { CloudEvents } from "../../kit/bus.ts";
import type { CloudEnv } from "../../kit/context.ts";
import type { Project } from "../project.ts";
import { AuthProblem, notEmulated } from "./problem.ts";

/** What the gateway has found out before a route of Auth runs. */
export interface AuthEnv {
  Bindings: CloudEnv["Bindings"];
  Variables: CloudEnv["Variables"] & {
    project: Project;
    db: pg.Pool;
    /** Role of the API key. */
    role: "anon" | "authenticated" | "service_role";
    /** URL of this Auth, which is also the issuer of its tokens. */
    base: string;
    send(mail: CloudEvents["auth.mail"]): void;
  };
}

/** Refuses whoever has not the service role. */
export function mustBeAdmin(c: Context<AuthEnv>): void {
  if (c.get("role") !== "service_role") throw new AuthProblem(403, "not_admin", "User not allowed");
}

/** The body as the schema has it, or GoTrue's 400. */
export async function bodyAs<T>(c: Context<AuthEnv>, schema: z.ZodType<T>): Promise<T> {
  const json: unknown = await c.req.json().catch(() => {
    throw new AuthProblem(400, "bad_json", "Could not parse request body as JSON");
  });
  if (typeof json === "object" && json !== null && "code_challenge" in json && json.code_challenge)
    throw notEmulated("the PKCE flow");
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new AuthProblem(400, "validation_failed", parsed.error.issues[0]?.message ?? "Invalid request");
}
