import type { Charge } from "@atoll/provider-kit/charges";
import type { Turns } from "./turns.ts";

/** One of an account's limits, and what of it is used. Times are milliseconds since 1970 of the shared clock. */
export interface Bucket {
  of: string;
  limit: number;
  windowMs: number;
  /** When points given away no longer count, and how many of them; oldest first. */
  spent: [endsAtMs: number, points: number][];
  /** Points that somebody else used, who has the same account: the headers told of them. */
  others?: { points: number; untilMs: number };
  /** The provider refused, or nothing is left: no call until then. */
  stopUntilMs?: number;
}

/** Calls of one instance that wait for the same limits in one process. */
export interface Claim {
  process: string;
  /** "" = for no instance. */
  instance: string;
  urgent: boolean;
  /** What each of them takes, as `[bucket, points]`. */
  takes: readonly (readonly [bucket: string, points: number])[];
  count: number;
  sinceMs: number;
  /** When the process said last that they wait. */
  seenMs: number;
  /** Parked until then; absent = they wait in the process. */
  backMs?: number;
}

/** All that is shared about one account: provider and environment's token. */
export interface Account {
  buckets: Record<string, Bucket>;
  claims: Record<string, Claim>;
  turns: Turns;
  /** The provider refused the account as a whole: no call until then. */
  stopUntilMs?: number;
  /** Nobody was answered since then, so many calls by now; the next try may be made at. */
  silence?: { sinceMs: number; calls: number; nextTryMs: number };
}

export const newAccount = (): Account => ({
  buckets: {},
  claims: {},
  turns: { of: {}, now: { urgent: 0, background: 0, class: 0 } },
});

/** How long points count beyond their window: a call arrives later than it was let through. */
const marginMs = (windowMs: number): number => Math.min(1_000, Math.max(50, windowMs / 50));
/** Points are forgotten together, this often in a window: a bucket stays small however many calls it counts. */
const grains = 100;

/** The bucket of a charge, made where it is new. A limit that the provider told stays. */
export function bucketFor(account: Account, { bucket, of, limit, windowMs }: Charge): Bucket {
  const there = account.buckets[bucket];
  if (there !== undefined) return there;
  const made: Bucket = { of, limit, windowMs, spent: [] };
  account.buckets[bucket] = made;
  return made;
}

const sum = (entries: readonly (readonly [number, number])[]) =>
  entries.reduce((all, [, points]) => all + points, 0);

/** Points that count now. */
export const usedOf = (bucket: Bucket): number => sum(bucket.spent);

/** Points that can be given away now. */
export function roomOf(bucket: Bucket, nowMs: number): number {
  if ((bucket.stopUntilMs ?? 0) > nowMs) return 0;
  return Math.max(0, bucket.limit - usedOf(bucket) - (bucket.others?.points ?? 0));
}

/** Notes points as given away; those that are kept for a while (`holdMs`) count longer. */
export function spend(bucket: Bucket, points: number, nowMs: number, holdMs = 0): void {
  const grainMs = bucket.windowMs / grains;
  const endsAtMs =
    Math.ceil((nowMs + holdMs + bucket.windowMs + marginMs(bucket.windowMs)) / grainMs) * grainMs;
  const last = bucket.spent.at(-1);
  if (last !== undefined && last[0] === endsAtMs) last[1] += points;
  else {
    bucket.spent.push([endsAtMs, points]);
    if (last !== undefined && last[0] > endsAtMs) bucket.spent.sort(([a], [b]) => a - b);
  }
}

/** Earliest time when so many points are free, if nobody takes more meanwhile. */
export function freeAtMs(bucket: Bucket, points: number, nowMs: number): number {
  const from = Math.max(nowMs, bucket.stopUntilMs ?? 0);
  let room = bucket.limit - usedOf(bucket);
  const others = bucket.others;
  if (others !== undefined) room -= others.points;
  if (room >= points) return from;
  const ends: (readonly [number, number])[] = [...bucket.spent];
  if (others !== undefined) ends.push([others.untilMs, others.points]);
  ends.sort(([a], [b]) => a - b);
  // Whole windows first: each gives the limit anew.
  const windows = Math.max(0, Math.ceil((points - room - sum(ends)) / Math.max(1, bucket.limit)));
  const rest = points - windows * bucket.limit;
  let at = from;
  for (const [endsAtMs, freed] of ends) {
    if (room >= rest) break;
    room += freed;
    at = endsAtMs;
  }
  return Math.max(from, at) + windows * bucket.windowMs;
}

/** A process that said nothing for this long waits no more. */
const claimMs = 3_000;

/** Forgets what is over. */
export function expire(account: Account, nowMs: number): void {
  for (const bucket of Object.values(account.buckets)) {
    bucket.spent = bucket.spent.filter(([endsAtMs]) => endsAtMs > nowMs);
    if (bucket.others !== undefined && bucket.others.untilMs <= nowMs) delete bucket.others;
    if (bucket.stopUntilMs !== undefined && bucket.stopUntilMs <= nowMs) delete bucket.stopUntilMs;
  }
  if (account.stopUntilMs !== undefined && account.stopUntilMs <= nowMs) delete account.stopUntilMs;
  for (const [key, claim] of Object.entries(account.claims))
    if (Math.max(claim.seenMs, claim.backMs ?? 0) + claimMs < nowMs) delete account.claims[key];
}
