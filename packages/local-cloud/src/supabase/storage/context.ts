import type pg from "pg";
import type { z } from "zod";
import type { Caller } from "../data/handler.ts";
import type { Project } from "../project.ts";
import type { ProjectFiles } from "./files.ts";
import { accessDenied, invalidRequest } from "./problem.ts";

/** One request to a project's Storage, and what it is served from. */
export interface StorageContext {
  project: Project;
  /** Connects as a role that may become anon, authenticated, service_role. */
  pool: pg.Pool;
  files: ProjectFiles;
  /** Milliseconds since 1970. */
  now: number;
  request: Request;
  /** Undefined for who brought no key; text says what was wrong with what was brought. */
  caller: Caller | string | undefined;
}

/** Whoever asks, where nobody is refused by a policy but everybody has to be somebody. */
export function mustBeSomebody({ caller }: StorageContext): Caller {
  if (typeof caller === "object") return caller;
  throw accessDenied(caller ?? "No API key found in request");
}

/** The user that a token names: whose an object or a bucket is. */
export function ownerOf({ claims }: Caller): string | undefined {
  return typeof claims.sub === "string" ? claims.sub : undefined;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An owner as the older column `owner` takes it. */
export const ownerId = (owner: string | undefined) =>
  owner !== undefined && uuid.test(owner) ? owner : null;

/** The request's JSON as the schema has it. */
export async function bodyAs<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const text = await request.text();
  let json: unknown;
  try {
    json = text === "" ? {} : JSON.parse(text);
  } catch {
    throw invalidRequest("Body is not valid JSON");
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalidRequest(`body/${issue?.path.join("/") ?? ""} ${issue?.message ?? "is invalid"}`);
}
