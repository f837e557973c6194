import type { DomainState } from "@atoll/provider-kit/custom-domain";

/** States of a domain in their order; `broken` = it worked, and its DNS or its certificate has gone. */
type Standing = "waiting" | "verifying" | "certificate" | "live" | "broken";

interface Before {
  state: Standing;
  /** It has been live. */
  wasLive: boolean;
  /** The host took it, its DNS leads there, and Auth and resolver let it in. */
  isIn: boolean;
  /** Looks in a row, before this one, that found it not working. */
  misses: number;
}

/** So many looks in a row have to find a domain that worked not working: one may be the DNS's own hiccup. */
const missesToBreak = 2;

/** What a look makes of a domain, and how many looks in a row have missed. */
export function standingOf(seen: DomainState, before: Before): { state: Standing; misses: number } {
  const { verified, misconfigured, certificate } = seen;
  const leads = verified && !misconfigured;
  if (leads && before.isIn && certificate.state === "issued") return { state: "live", misses: 0 };
  const hasGone = !leads || certificate.state === "failed";
  if (before.wasLive && hasGone) {
    const misses = before.misses + 1;
    return { state: misses >= missesToBreak ? "broken" : before.state, misses };
  }
  if (!leads) return { state: misconfigured ? "waiting" : "verifying", misses: 0 };
  return { state: before.isIn ? "certificate" : "verifying", misses: 0 };
}

/** How often a domain is looked at at most, in milliseconds: the first pause while it waits, from which all follow. */
export const everyMsByDefault = 60_000;

/**
 * How long until the next look. While somebody may be setting the DNS just now, minutes; then ever longer, up to six
 * hours: providers allow about a hundred such calls an hour for a whole account. `everyMs` = the shortest pause.
 */
export function pauseMs(
  { state, misses, tries }: { state: Standing; misses: number; tries: number },
  everyMs: number,
): number {
  if (state === "live") return misses > 0 ? everyMs : everyMs * 15;
  const patient = 10; // looks at the shortest pause
  return everyMs * Math.min(360, 1.5 ** Math.max(0, tries - patient));
}
