import type { FaultKind } from "@atoll/core/fault";
import type { Explanation, Refusal } from "./explain.ts";

/** Where a provider says how long to wait when a rate limit is reached. */
export interface RateLimit {
  /** Default "x-ratelimit-reset". */
  resetHeader?: string;
  /** What stands in it. Providers differ: seconds left (Supabase, Resend) or seconds since 1970 (GitHub, Vercel, Netlify). */
  resetIs: "seconds-left" | "epoch-seconds";
}

/** Wait before the try after `attempt` (0 = first): doubles from 250 ms to 4 s, between half of that and all. */
export function backoffMs(attempt: number, random: () => number): number {
  const most = Math.min(4_000, 250 * 2 ** attempt);
  return Math.round(most * (0.5 + random() / 2));
}

/** `Retry-After` in milliseconds: seconds or an HTTP date. */
function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const seconds = Number(value);
  const ms = Number.isNaN(seconds) ? Date.parse(value) - nowMs : seconds * 1_000;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** How long the provider asks us to wait, in milliseconds; undefined when it does not say. */
export function askedWaitMs(
  headers: Headers,
  limited: boolean,
  limit: RateLimit | undefined,
  nowMs: number,
): number | undefined {
  const after = retryAfterMs(headers, nowMs);
  if (after !== undefined || !limited || !limit) return after;
  const reset = Number(headers.get(limit.resetHeader ?? "x-ratelimit-reset") ?? Number.NaN);
  if (Number.isNaN(reset)) return undefined;
  return Math.max(0, limit.resetIs === "seconds-left" ? reset * 1_000 : reset * 1_000 - nowMs);
}

/** True for an answer that says "too many calls": it has surely not done anything. */
export function isLimited(status: number, explained: Explanation): boolean {
  return status === 429 || explained.limited === true;
}

/** True for an answer that leaves open whether the work was done. */
function leavesOpen(status: number): boolean {
  return status === 408 || (status >= 500 && status !== 501);
}

/** What happens next after a refusal. `repeatable` = doing the call twice does no harm. */
export function kindOf({ status }: Refusal, explained: Explanation, repeatable: boolean): FaultKind {
  if (explained.kind) return explained.kind;
  if (isLimited(status, explained)) return "try-again";
  if (leavesOpen(status)) return repeatable ? "try-again" : "outcome-unknown";
  if (status === 425) return "try-again";
  return status === 401 || status === 403 ? "sign-in-again" : "rejected";
}

/** Codes of errors that come before anything was sent: the work was surely not done. */
const neverSent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const { code } = error as Error & { code?: unknown }; // Node's system errors carry one
  if (typeof code === "string") return code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error.cause === undefined ? "" : codeOf(error.cause);
}

/** What a call without an answer means: what to say about it, and what happens next. */
export function kindOfLoss(error: unknown, repeatable: boolean): { kind: FaultKind; why: string } {
  const code = codeOf(error);
  if (/CERT|SELF_SIGNED|TLS_|SSL/.test(code))
    return { kind: "rejected", why: `its certificate was not accepted (${code})` };
  const unsent = neverSent.has(code);
  const late = error instanceof Error && error.name === "TimeoutError";
  const why = late ? "no answer came in time" : `the connection failed${code === "" ? "" : ` (${code})`}`;
  return { kind: repeatable || unsent ? "try-again" : "outcome-unknown", why };
}
