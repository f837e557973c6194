import { createRoute, type RouteConfig, z } from "@hono/zod-openapi";
import type { Role } from "./schemas/account.ts";
import { problem } from "./schemas/problem.ts";

/** Who may call a route: anybody, or at least this role. */
export type Access = "public" | Role;

/** A route in one place: who may call it, what it takes and what it gives. */
export interface Definition {
  method: "get" | "post" | "put" | "patch" | "delete";
  path: string;
  access: Access;
  tag: string;
  summary: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** What it answers with; absent = 204. */
  answer?: z.ZodType;
  status?: 200 | 201 | 202;
  /** Answers with server-sent events whose data is `answer`. */
  stream?: boolean;
  /** Answers with a text of this type instead of JSON. */
  text?: "text/csv";
  /** Answers with a file of this type, from `Range: bytes=N-` on where that is asked for. */
  file?: "application/x-tar";
  /** Takes a file of this type as its body, as it comes. */
  upload?: "application/x-tar";
  /** The answer holds a secret: it is given once and kept nowhere. */
  holdsSecret?: boolean;
  /** A second answer may differ: the route carries an ETag, and writes take `If-Match`. */
  etag?: boolean;
}

/** Bytes, in a body or an answer. */
export const binary = z.string().openapi({ type: "string", format: "binary" });

const problems = {
  "4XX": { description: "Refused", content: { "application/problem+json": { schema: problem } } },
  "5XX": {
    description: "Our fault, or a provider's",
    content: { "application/problem+json": { schema: problem } },
  },
} as const;

/** A route with what the client and the server both go by. */
export interface Route<D extends Definition = Definition> {
  readonly definition: D;
  readonly config: RouteConfig;
}

/** Describes a route once: for the server, the client and the OpenAPI document. */
export function route<const D extends Definition>(definition: D): Route<D> {
  const { method, path, params, query, body, answer, status, stream, access, tag, summary } = definition;
  const type = stream ? "text/event-stream" : (definition.text ?? definition.file ?? "application/json");
  const answers: RouteConfig["responses"] =
    answer === undefined
      ? { 204: { description: "Done" } }
      : {
          [status ?? 200]: {
            description: "Done",
            content: { [type]: { schema: answer } },
          },
        };
  const config = createRoute({
    method,
    path: path.replace(/:(\w+)/g, "{$1}"),
    tags: [tag],
    summary,
    "x-access": access,
    ...(access === "public" ? {} : { security: [{ session: [] }, { key: [] }] }),
    request: {
      ...(params && { params }),
      ...(query && { query }),
      ...(body && {
        body: { required: true, content: { [definition.upload ?? "application/json"]: { schema: body } } },
      }),
    },
    responses: { ...answers, ...problems },
  });
  return { definition, config };
}
