import type { Held } from "@atoll/core/fault";
import type { Caller } from "@atoll/provider-kit/caller";
import type { Charge } from "@atoll/provider-kit/charges";
import { type Account, usedOf } from "./account.ts";
import type { News, Want } from "./decide.ts";
import type { Ledger } from "./ledger.ts";
import { heldByClosing, heldByLedger } from "./words.ts";

interface Wait {
  untilMs: number;
  of: string;
}

interface Taking {
  caller: Caller;
  charges: readonly Charge[];
  /** Longest wait here, in milliseconds. */
  patienceMs: number;
  /** The fault of one that would wait longer. */
  held(wait: Wait): Held;
}

/** The calls of this process that wait for one account. */
export interface Queue {
  /** Returns when the call may go. */
  take(taking: Taking): Promise<void>;
  /** Passes on what is new of the account. */
  hear(news: News): void;
  /** Gives up permits that were kept for later, and learns what the others know. */
  forget(): void;
  silence(): Account["silence"];
  /** One call tries whether the provider answers; the next such one at `nextTryMs`. */
  tries(nextTryMs: number): void;
  /** Somebody goes away until then. */
  park(caller: Caller, untilMs: number, charges: readonly Charge[]): void;
  isIdle(): boolean;
  /** Sends away all who wait. */
  release(): void;
  close(): void;
}

/** They wait here for at most this long without saying again that they do. */
const longestSleepMs = 1_000;
const shortestSleepMs = 5;
const lostPauseMs = 500;

const signatureOf = (charges: readonly Charge[]) =>
  charges.map(({ bucket, points = 1 }) => `${bucket}*${points}`).join("+");
const wantKey = ({ instance = "", urgent }: Caller, charges: readonly Charge[]) =>
  `${urgent ? "urgent" : "background"}/${instance} ${signatureOf(charges)}`;

interface Entry extends Taking {
  sinceMs: number;
  go(): void;
  fail(error: Error): void;
}

/** Gathers what waits for an account in this process, and asks the ledger for all of it at once. */
export function openQueue({
  account,
  ledger,
  process,
}: {
  account: string;
  ledger: Ledger;
  process: string;
}): Queue {
  const waiting = new Map<string, Entry[]>();
  const stock = new Map<string, { count: number; untilMs: number }>();
  const parked = new Map<string, Want>();
  let news: News[] = [];
  let state: Account | undefined;
  let timer: NodeJS.Timeout | undefined;
  let [asking, again, closed] = [false, false, false];

  const soon = () => wake(0);
  function wake(inMs: number): void {
    if (closed) return;
    if (asking) {
      again = true;
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(() => void pump(), inMs);
  }

  function wants(): Want[] {
    const all: Want[] = [...parked.values()];
    for (const [key, entries] of waiting) {
      const [first] = entries;
      if (first === undefined) continue;
      const { caller, charges, sinceMs } = first;
      const { instance = "", urgent } = caller;
      all.push({ key, instance, urgent, charges, count: entries.length, sinceMs });
    }
    return all;
  }

  async function pump(): Promise<void> {
    asking = true;
    again = false;
    const asked = wants();
    const heard = news;
    news = [];
    parked.clear();
    let nextMs = longestSleepMs;
    try {
      const decision = await ledger.ask(account, { process, wants: asked, heard });
      state = decision.account;
      const nowMs = ledger.now();
      for (const [key, count] of decision.grants)
        for (const entry of waiting.get(key)?.splice(0, count) ?? []) entry.go();
      for (const { key, charges } of asked) {
        const spare = decision.spare.get(key);
        if (spare !== undefined)
          stock.set(signatureOf(charges), {
            count: spare.count + (kept(signatureOf(charges), nowMs)?.count ?? 0),
            untilMs: decision.nowMs + spare.holdMs,
          });
      }
      for (const [key, wait] of decision.waits) {
        sendAway(key, wait);
        nextMs = Math.min(nextMs, wait.soonestMs - nowMs);
      }
    } catch {
      // Nothing is called without the ledger: its database is the runs' own, which would not go on either.
      news = [...heard, ...news].slice(-1_000);
      nextMs = lostPauseMs;
      for (const [key] of waiting) sendAway(key, undefined);
    }
    for (const [key, entries] of waiting) if (entries.length === 0) waiting.delete(key);
    asking = false;
    if (again || parked.size > 0) soon();
    else if (waiting.size > 0) wake(Math.max(shortestSleepMs, nextMs));
  }

  /** Who would have to wait for longer than they can goes away, and is expected back; `wait` unknown = no ledger. */
  function sendAway(key: string, wait: Wait | undefined): void {
    const entries = waiting.get(key) ?? [];
    const nowMs = ledger.now();
    const isLate = ({ sinceMs, patienceMs }: Entry) => (wait?.untilMs ?? nowMs) > sinceMs + patienceMs;
    const late = entries.filter(isLate);
    if (late.length === 0) return;
    waiting.set(
      key,
      entries.filter((each) => !isLate(each)),
    );
    for (const each of late) each.fail(wait ? each.held(wait) : heldByLedger(Date.now() + 5_000));
    const [first] = late;
    if (wait && first?.caller.parks) note(first.caller, first.charges, wait.untilMs, late.length);
  }

  function note(caller: Caller, charges: readonly Charge[], backMs: number, count: number): void {
    const { instance = "", urgent } = caller;
    const key = wantKey(caller, charges);
    parked.set(key, { key, instance, urgent, charges, count, sinceMs: ledger.now(), backMs });
  }

  /** Permits that are left of earlier answers. */
  function kept(signature: string, nowMs: number) {
    const there = stock.get(signature);
    if (there === undefined || there.untilMs > nowMs) return there;
    stock.delete(signature);
    return undefined;
  }

  /** Tells whether somebody else has to know. */
  function isNews(each: News): boolean {
    if (each.is === "answered")
      return state?.silence !== undefined || news.some(({ is }) => is === "unanswered");
    if (each.is !== "told") return true;
    const bucket = state?.buckets[each.charge.bucket];
    if (bucket === undefined || bucket.limit !== each.limit) return true;
    const others = each.limit - each.remaining - usedOf(bucket) - (bucket.others?.points ?? 0);
    return others > Math.max(2, each.limit / 20);
  }

  function release(): void {
    for (const entries of waiting.values())
      for (const each of entries) each.fail(heldByClosing(Date.now() + 1_000));
    waiting.clear();
  }

  return {
    async take(taking) {
      const signature = signatureOf(taking.charges);
      const there = kept(signature, ledger.now());
      if (there !== undefined && there.count > 0) {
        there.count -= 1;
        return;
      }
      const key = wantKey(taking.caller, taking.charges);
      await new Promise<void>((go, fail) => {
        const entries = waiting.get(key) ?? [];
        entries.push({ ...taking, sinceMs: ledger.now(), go, fail });
        waiting.set(key, entries);
        soon();
      });
    },
    hear(each) {
      if (!isNews(each)) return;
      news.push(each);
      soon();
    },
    forget() {
      stock.clear();
      soon();
    },
    silence: () => state?.silence,
    tries(nextTryMs) {
      if (state?.silence) state.silence.nextTryMs = nextTryMs;
    },
    park(caller, untilMs, charges) {
      note(caller, charges, untilMs, 1);
      soon();
    },
    isIdle: () => waiting.size === 0 && !asking && news.length === 0,
    release,
    close() {
      closed = true;
      clearTimeout(timer);
      release();
    },
  };
}
