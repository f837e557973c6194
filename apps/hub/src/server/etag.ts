import { createHash } from "node:crypto";

/** A strong ETag of an answer: equal answers have equal ones. */
export function etagOf(answer: unknown): string {
  return `"${createHash("sha256").update(JSON.stringify(answer)).digest("base64url").slice(0, 22)}"`;
}
