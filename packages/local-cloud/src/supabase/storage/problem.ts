import pg from "pg";

/**
 * An error as the Storage API answers it. As there, the HTTP status is 400 for nearly everything, and the one that
 * is meant stands in the body as `statusCode`.
 */
export class StorageProblem extends Error {
  readonly statusCode: number;
  readonly code: string;
  /** The older, coarser name of what `code` says. */
  readonly error: string;

  constructor(statusCode: number, code: string, message: string, error: string = code) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
    this.error = error;
  }

  /** As a response; without a body to a `HEAD`. */
  response(method: string): Response {
    const { statusCode, code, error, message } = this;
    const status = statusCode >= 500 ? statusCode : 400;
    const body = JSON.stringify({ statusCode: String(statusCode), code, error, message });
    return new Response(method === "HEAD" ? null : body, {
      status,
      headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
    });
  }
}

export const noSuchBucket = () =>
  new StorageProblem(404, "NoSuchBucket", "Bucket not found", "Bucket not found");

export const noSuchKey = () => new StorageProblem(404, "NoSuchKey", "Object not found", "not_found");

export const alreadyExists = (code: "KeyAlreadyExists" | "BucketAlreadyExists" | "ResourceAlreadyExists") =>
  new StorageProblem(409, code, "The resource already exists", "Duplicate");

export const accessDenied = (message: string) =>
  new StorageProblem(403, "AccessDenied", message, "Unauthorized");

export const invalidKey = (key: string) => new StorageProblem(400, "InvalidKey", `Invalid key: ${key}`);

export const invalidRequest = (message: string) => new StorageProblem(400, "InvalidRequest", message);

export const invalidSignature = (message = "Invalid signature") =>
  new StorageProblem(400, "InvalidSignature", message);

export const invalidMimeType = (type: string) =>
  new StorageProblem(415, "InvalidMimeType", `mime type ${type} is not supported`, "invalid_mime_type");

export const tooLarge = (what = "object") =>
  new StorageProblem(
    413,
    "EntityTooLarge",
    `The ${what} exceeded the maximum allowed size`,
    "Payload too large",
  );

/** What is left out says so, instead of pretending. */
export const notEmulated = (what: string) =>
  new StorageProblem(501, "NotImplemented", `The local cloud's Storage does not do ${what}.`);

/** The answer for whatever went wrong; rethrows what is a fault of the emulator. */
export function problemOf(error: unknown): StorageProblem {
  if (error instanceof StorageProblem) return error;
  if (!(error instanceof pg.DatabaseError)) throw error;
  const code = error.code ?? "XX000";
  if (code === "42501")
    return accessDenied(
      error.message.includes("row-level security")
        ? "new row violates row-level security policy"
        : error.message,
    );
  if (code === "23505") return alreadyExists("ResourceAlreadyExists");
  if (code === "23503")
    return new StorageProblem(404, "InvalidRequest", "The related resource does not exist");
  // Text that Postgres cannot hold, as \u0000: the caller's mistake.
  if (code.startsWith("22")) return invalidRequest(error.message);
  return new StorageProblem(500, "DatabaseError", `database error, code: ${code}`);
}
