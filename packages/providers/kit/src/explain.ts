import type { FaultKind } from "@atoll/core/fault";

/** An answer that says no. `body` is parsed JSON, else text. */
export interface Refusal {
  status: number;
  headers: Headers;
  body: unknown;
}

/** What a provider's client knows about a refusal; all else follows from the status. */
export interface Explanation {
  /** The provider's message; may still hold secrets, the client cleans it. */
  message?: string;
  code?: string;
  kind?: FaultKind;
  next?: string;
  field?: string;
  retryInMs?: number;
  /** A rate limit in other clothes (GitHub's 403). */
  limited?: boolean;
  /** The thing is not there, though the status is not 404. */
  gone?: boolean;
  /** The thing is there already, though the status is not 409. */
  exists?: boolean;
}

/** Reads a text at a path of keys in an unknown value; undefined where there is none. */
export function textAt(body: unknown, ...keys: string[]): string | undefined {
  let value = body;
  for (const key of keys) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[key]; // any object may be asked for a key
  }
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The sentence in an error's body, at the places where providers put it. */
export function messageIn(body: unknown): string | undefined {
  if (typeof body === "string") return /^\s*(<|$)/.test(body) ? undefined : body;
  return (
    textAt(body, "message") ??
    textAt(body, "msg") ??
    textAt(body, "error", "message") ??
    textAt(body, "error_description") ??
    textAt(body, "error")
  );
}
