import type { RateLimit } from "./policy.ts";

/** What a provider said of its rate limit with one answer. */
export interface ObservedLimit {
  /** Which of the provider's limits: GitHub names them; elsewhere its size tells one from another. */
  bucket: string;
  /** Calls in a window, and how many of them are left. */
  limit: number;
  remaining: number;
  /** When the window ends, in milliseconds since 1970. */
  resetAtMs?: number;
}

const numberIn = (headers: Headers, name: string): number | undefined => {
  const text = headers.get(name);
  const number = text === null || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(number) && number >= 0 ? Math.floor(number) : undefined;
};

/** Reads a rate limit from an answer's headers, named beside the one of its reset; undefined where there is none. */
export function limitIn(
  headers: Headers,
  rateLimit: RateLimit | undefined,
  nowMs: number,
): ObservedLimit | undefined {
  if (rateLimit === undefined) return undefined;
  const { resetHeader = "x-ratelimit-reset", resetIs } = rateLimit;
  const beside = (name: string) => resetHeader.replace(/reset$/, name);
  const limit = numberIn(headers, beside("limit"));
  const remaining = numberIn(headers, beside("remaining"));
  if (limit === undefined || remaining === undefined || limit === 0) return undefined;
  const reset = numberIn(headers, resetHeader);
  return {
    bucket: headers.get(beside("resource")) ?? String(limit),
    limit,
    remaining: Math.min(limit, remaining),
    ...(reset !== undefined && { resetAtMs: (resetIs === "seconds-left" ? nowMs : 0) + reset * 1_000 }),
  };
}
