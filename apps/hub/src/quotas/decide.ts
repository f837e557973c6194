import type { Charge } from "@atoll/provider-kit/charges";
import {
  type Account,
  type Bucket,
  bucketFor,
  type Claim,
  expire,
  freeAtMs,
  roomOf,
  spend,
  usedOf,
} from "./account.ts";
import { advance, arrive, forgetTurns, nextTurn } from "./turns.ts";

/** Calls of one instance that want the same, as their process asks for them. */
export interface Want {
  /** Of this process; the same as long as they wait. */
  key: string;
  instance: string;
  urgent: boolean;
  charges: readonly Charge[];
  count: number;
  sinceMs: number;
  /** It is too long for them: they go away and come back then. They get nothing now, but are reckoned with. */
  backMs?: number;
}

/** What one process asks of an account's ledger, and what it heard from the provider since it asked last. */
export interface Ask {
  process: string;
  wants: readonly Want[];
  heard: readonly News[];
}

/** News about an account, from an answer or the lack of it. Times are of the shared clock. */
export type News =
  | { is: "answered" }
  | { is: "unanswered"; atMs: number; afterMs: number; everyMs: number }
  /** The headers spoke of a limit. */
  | { is: "told"; charge: Charge; limit: number; remaining: number; resetAtMs: number | undefined }
  /** The provider refused: no call of these limits until then. None named = none of the account at all. */
  | { is: "refused"; charges: readonly Charge[]; untilMs: number };

/** What was decided: the account as it is now, and what this process got. */
export interface Decision {
  account: Account;
  /** Permits by the want's key. */
  grants: ReadonlyMap<string, number>;
  /**
   * When the turn of those who got less than they wanted will come, as far as can be told; and the soonest time at
   * which there may be something for them.
   */
  waits: ReadonlyMap<string, Turn>;
  /** Permits for later calls of the same want, where the limits are far: good until `holdMs` from now. */
  spare: ReadonlyMap<string, { count: number; holdMs: number }>;
}

interface Turn {
  untilMs: number;
  of: string;
  soonestMs: number;
}

/** A shared permit waits for its call no longer than this share of the window. */
const holds = 1 / 50;
const mostSpare = 16;
/** Of a smaller limit no permit is given in advance: one that nobody uses would be missed. */
const leastLimit = 300;
/** Others wait for their part of the room: whoever was left out asks again soon. */
const soonMs = 25;
const nobody: ReadonlyMap<string, number> = new Map();
const stopName = "all calls";

/**
 * Deals an account's room among all who wait, of every process: by urgency, then by instance in turn. Only what this
 * process wants is given; the others' part is left for them. Pure: `nowMs` is handed in, and the account is not changed.
 */
export function decide(before: Account, ask: Ask, nowMs: number): Decision {
  const account = structuredClone(before);
  for (const news of ask.heard) hear(account, news, nowMs);
  expire(account, nowMs);
  const own = new Map(ask.wants.map((want) => [claimKey(ask.process, want), want]));
  const expected = enter(account, ask, own, nowMs);

  const grants = new Map<string, number>();
  const waits = new Map<string, Turn>();
  const left = new Map<string, number>(); // room by bucket, less what was dealt
  const roomIn = (name: string, bucket: Bucket) => left.get(name) ?? roomOf(bucket, nowMs);
  const closed = new Set<string>();
  const ahead = new Map<string, number>(); // points that wait for a bucket before this claim
  const queue = ({ takes, count }: Pick<Claim, "takes" | "count">) => {
    for (const [name, points] of takes) ahead.set(name, (ahead.get(name) ?? 0) + points * count);
  };
  const dealing = structuredClone(account.turns);
  const waiting = new Map<string, Claim & { key: string }>();
  for (const [key, claim] of Object.entries(account.claims))
    if ((claim.backMs ?? 0) <= nowMs) waiting.set(key, { key, ...claim });
    else queue(claim);
  const stopped = (account.stopUntilMs ?? 0) > nowMs;
  for (;;) {
    const turn = nextTurn(dealing, waiting.values());
    if (turn === undefined) break;
    const lacks = turn.takes.filter(([name, points]) => {
      const bucket = account.buckets[name];
      return bucket !== undefined && (closed.has(name) || roomIn(name, bucket) < points);
    });
    const want = own.get(turn.key);
    if (!stopped && lacks.length === 0) {
      for (const [name, points] of turn.takes) {
        const bucket = account.buckets[name];
        if (bucket !== undefined) left.set(name, roomIn(name, bucket) - points);
      }
      advance(dealing, turn);
      turn.count -= 1;
      if (turn.count === 0) waiting.delete(turn.key);
      if (want === undefined) continue;
      grants.set(want.key, (grants.get(want.key) ?? 0) + 1);
      advance(account.turns, turn);
      for (const [name, points] of turn.takes) {
        const bucket = account.buckets[name];
        if (bucket !== undefined) spend(bucket, points, nowMs);
      }
      continue;
    }
    // What it lacks is kept for it: a large one must not be overtaken for ever by small ones.
    for (const [name] of lacks) closed.add(name);
    waiting.delete(turn.key);
    if (want !== undefined) {
      const { untilMs, of } = turnOf(account, turn, ahead, nowMs);
      // One that looks in too early keeps the time that it was given: behind all the others it would never come.
      const backMs = expected.get(turn.key) ?? untilMs;
      waits.set(want.key, {
        untilMs: backMs > nowMs ? Math.min(backMs, untilMs) : untilMs,
        of,
        soonestMs: turnOf(account, turn, nobody, nowMs).untilMs,
      });
    }
    queue(turn);
  }
  leave(account, own, grants);
  forgetTurns(account.turns, Object.values(account.claims));
  return { account, grants, waits, spare: spareOf(account, ask, grants, closed, stopped, nowMs) };
}

const claimKey = (process: string, want: Want) =>
  `${want.backMs === undefined ? process : "parked"} ${want.key}`;

/** The process's claims as they are now; who comes back is no longer awaited. Gives when those were expected. */
function enter(
  account: Account,
  ask: Ask,
  own: ReadonlyMap<string, Want>,
  nowMs: number,
): Map<string, number> {
  const expected = new Map<string, number>();
  // Who waited already keeps the place that it has.
  const present = new Set<string>();
  const enters = (claim: { urgent: boolean; instance: string }) =>
    present.add(`${claim.urgent}/${claim.instance}`).add(String(claim.urgent));
  for (const [key, claim] of Object.entries(account.claims)) {
    enters(claim);
    if (claim.process === ask.process && claim.backMs === undefined) delete account.claims[key];
  }
  for (const [key, want] of own) {
    const { backMs } = account.claims[`parked ${want.key}`] ?? {};
    if (backMs !== undefined) expected.set(key, backMs);
    delete account.claims[`parked ${want.key}`];
    arrive(account.turns, want, {
      instance: !present.has(`${want.urgent}/${want.instance}`),
      class: !present.has(String(want.urgent)),
    });
    enters(want);
    for (const charge of want.charges) bucketFor(account, charge);
    account.claims[key] = {
      process: ask.process,
      instance: want.instance,
      urgent: want.urgent,
      takes: want.charges.map(({ bucket, points = 1 }) => [bucket, points] as const),
      count: want.count,
      sinceMs: want.sinceMs,
      seenMs: nowMs,
      ...(want.backMs !== undefined && { backMs: want.backMs }),
    };
  }
  return expected;
}

/** Strikes the claims that were met. */
function leave(account: Account, own: ReadonlyMap<string, Want>, grants: ReadonlyMap<string, number>): void {
  for (const [key, want] of own) {
    const claim = account.claims[key];
    if (claim === undefined) continue;
    claim.count -= want.backMs === undefined ? (grants.get(want.key) ?? 0) : 0;
    if (claim.count <= 0) delete account.claims[key];
  }
}

function turnOf(
  account: Account,
  claim: Claim,
  ahead: ReadonlyMap<string, number>,
  nowMs: number,
): { untilMs: number; of: string } {
  let turn = { untilMs: Math.max(nowMs + soonMs, account.stopUntilMs ?? 0), of: stopName };
  for (const [name, points] of claim.takes) {
    const bucket = account.buckets[name];
    if (bucket === undefined) continue;
    const untilMs = freeAtMs(bucket, (ahead.get(name) ?? 0) + points, nowMs);
    if (untilMs > turn.untilMs || turn.of === stopName)
      turn = { untilMs: Math.max(untilMs, turn.untilMs), of: bucket.of };
  }
  return turn;
}

/** Where all limits of a want are far, some permits more, so that not every call asks. */
function spareOf(
  account: Account,
  ask: Ask,
  grants: ReadonlyMap<string, number>,
  closed: ReadonlySet<string>,
  stopped: boolean,
  nowMs: number,
): Map<string, { count: number; holdMs: number }> {
  const spare = new Map<string, { count: number; holdMs: number }>();
  if (stopped) return spare;
  for (const want of ask.wants) {
    const charged = want.charges.flatMap(({ bucket, points = 1 }) => {
      const there = account.buckets[bucket];
      return there === undefined ? [] : [{ bucket, there, points }];
    });
    if (!grants.has(want.key) || charged.length === 0 || charged.some(({ bucket }) => closed.has(bucket)))
      continue;
    const shares = charged.map(({ there, points }) => Math.floor(roomOf(there, nowMs) / 32 / points));
    const isFar = charged.every(({ there }) => there.limit >= leastLimit && usedOf(there) < there.limit / 2);
    const count = isFar ? Math.min(mostSpare, ...shares) : 0;
    if (count < 1) continue;
    const holdMs = Math.min(...charged.map(({ there }) => there.windowMs * holds));
    for (const { there, points } of charged) spend(there, points * count, nowMs, holdMs);
    spare.set(want.key, { count, holdMs });
  }
  return spare;
}

/** Below this many points nobody believes that it was somebody else who used them. */
const doubt = 2;

function hear(account: Account, news: News, nowMs: number): void {
  switch (news.is) {
    case "answered":
      delete account.silence;
      return;
    case "unanswered": {
      const { silence } = account;
      if (silence === undefined)
        account.silence = { sinceMs: news.atMs, calls: 1, nextTryMs: news.atMs + news.afterMs };
      else {
        silence.calls += 1;
        silence.nextTryMs = Math.max(silence.nextTryMs, news.atMs + news.everyMs);
      }
      return;
    }
    case "told": {
      const bucket = bucketFor(account, news.charge);
      bucket.limit = news.limit;
      const untilMs = news.resetAtMs;
      if (untilMs === undefined || untilMs <= nowMs) return;
      // Our own count holds more than the provider can have counted of us: what is missing beyond it went to others.
      const points = news.limit - news.remaining - usedOf(bucket);
      if (points > Math.max(doubt, news.limit / 20)) {
        if (bucket.others === undefined || bucket.others.points < points) bucket.others = { points, untilMs };
      } else if (bucket.others !== undefined && points <= 0 && untilMs > bucket.others.untilMs) {
        delete bucket.others;
      }
      return;
    }
    case "refused": {
      if (news.charges.length === 0) account.stopUntilMs = Math.max(account.stopUntilMs ?? 0, news.untilMs);
      for (const charge of news.charges) {
        const bucket = bucketFor(account, charge);
        bucket.stopUntilMs = Math.max(bucket.stopUntilMs ?? 0, news.untilMs);
      }
    }
  }
}
