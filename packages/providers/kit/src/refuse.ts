import type { Fault, FaultKind } from "@atoll/core/fault";
import { type Explanation, messageIn, type Refusal } from "./explain.ts";
import { HttpFault } from "./http-fault.ts";
import { askedWaitMs, isLimited, kindOf, kindOfLoss, type RateLimit } from "./policy.ts";

/** What a call is, as far as its faults need to know. */
export interface CallFacts {
  provider: string;
  /** "POST /v1/projects", without query and body. */
  call: string;
  /** Doing it twice does no harm. */
  repeatable: boolean;
  rateLimit: RateLimit | undefined;
  redact: (text: string) => string;
  nowMs: number;
}

const nextOf: Record<FaultKind, (provider: string) => string> = {
  "try-again": (provider) =>
    `Nothing: it is repeated by itself. If it goes on, look at ${provider}'s status page.`,
  "outcome-unknown": () => "Nothing: what really happened is looked up before it is repeated.",
  rejected: () => "Correct what was refused, then retry the run.",
  "not-ours": () => "Rename or move what stands in the way, then retry the run.",
  "sign-in-again": (provider) =>
    `Give the hub a ${provider} token that is valid and may do this ("atoll doctor" checks it), then retry the run.`,
};

/** Printable, one line, of bearable length. */
function tidy(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, " ").trim();
  const short = line.length > 400 ? `${line.slice(0, 400)}…` : line;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}

function missingPermissions(body: unknown): string {
  if (typeof body !== "object" || body === null || !("missing_permissions" in body)) return "";
  const { missing_permissions: missing } = body;
  return Array.isArray(missing) && missing.length > 0 ? ` Missing permissions: ${missing.join(", ")}.` : "";
}

/** Turns an answer that says no into a fault. */
export function refusalFault(facts: CallFacts, refusal: Refusal, explained: Explanation): HttpFault {
  const { provider, redact } = facts;
  const { status, headers, body } = refusal;
  const kind = kindOf(refusal, explained, facts.repeatable);
  const limited = isLimited(status, explained);
  const said = explained.message ?? messageIn(body);
  const sentence =
    limited && kind === "try-again"
      ? `${provider} asks for fewer calls.`
      : `${provider} answered ${status}${said === undefined ? "." : `: ${tidy(redact(said))}`}`;
  const retryInMs = explained.retryInMs ?? askedWaitMs(headers, limited, facts.rateLimit, facts.nowMs);
  return new HttpFault(kind, {
    what: sentence + redact(missingPermissions(body)),
    next: explained.next ?? nextOf[kind](provider),
    call: `${facts.call} ${status}`,
    status,
    ...(explained.code !== undefined && { code: redact(explained.code) }),
    ...(explained.field !== undefined && { field: explained.field }),
    ...(kind === "try-again" && retryInMs !== undefined && { retryInMs }),
  });
}

/** Turns a call without an answer, or with one that broke off, into a fault. */
export function lossFault(facts: CallFacts, error: unknown): HttpFault {
  const { kind, why } = kindOfLoss(error, facts.repeatable);
  const next =
    kind === "rejected"
      ? `Check the base URL of ${facts.provider} and the certificate behind it, then retry the run.`
      : nextOf[kind](facts.provider);
  const what = `${facts.provider} did not answer: ${facts.redact(why)}.`;
  return new HttpFault(kind, { what, next, call: facts.call, status: 0 });
}

/** A good answer that cannot be read. A create may well have been done. */
export function unreadableFault(facts: CallFacts, status: number): HttpFault {
  return new HttpFault(facts.repeatable ? "rejected" : "outcome-unknown", {
    what: `${facts.provider} answered ${status} with something that is not JSON.`,
    next: `Check that the base URL of ${facts.provider} is its API's, then retry the run.`,
    call: `${facts.call} ${status}`,
    status,
  });
}

/** A redirect that is not followed, since token and body would go with it. */
export function redirectFault(facts: CallFacts, status: number): Fault {
  return new HttpFault("rejected", {
    what: `${facts.provider} redirects to another address, which is not followed.`,
    next: `Check the base URL of ${facts.provider}, then retry the run.`,
    call: `${facts.call} ${status}`,
    status,
  });
}
