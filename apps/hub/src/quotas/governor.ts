import type { Held } from "@atoll/core/fault";
import { type Caller, presentCaller } from "@atoll/provider-kit/caller";
import { type CallShape, type Charge, dayMs, type PublishedLimits } from "@atoll/provider-kit/charges";
import type { Governor } from "@atoll/provider-kit/governor";
import type { News } from "./decide.ts";
import { type Ledger, memoryLedger } from "./ledger.ts";
import { openQueue, type Queue } from "./queue.ts";
import { heldByLimit, heldBySilence } from "./words.ts";

/** How a governor is made. */
export interface GovernorOptions {
  ledger: Ledger & { onRefusal?(heard: (account: string) => void): void };
  /** Of this process, unlike any other's. */
  process: string;
  environment: string;
  /** Provider time passes this many times faster than real time: windows are divided by it. */
  timeScale?: number;
  /** Longest wait inside a process, in milliseconds; longer ones are given back as `Held`. Default 10 s of provider time. */
  patienceMs?: number;
}

/** Nobody is answered: so many calls in a row and so long; then one tries this often. In the provider's time. */
const unanswered = { calls: 5, afterMs: 30_000, everyMs: 15_000 };

/**
 * A step that created something doubts for 30 seconds that it is absent, counted from before it waited here: a wait must
 * leave most of that.
 */
const longestWaitMs = 10_000;
/** A refusal that names no time stops this long, in the provider's time. */
const silentStopMs = 5_000;
const shortestStopMs = 50;
/** No published window is longer: who names a later time is asked again after a day, lest a wrong figure stop it for ever. */
const longestStopMs = dayMs;

type Answer = Parameters<Awaited<ReturnType<Governor["admit"]>>>[0];

const isUnanswered = ({ status }: Answer) => status === 0 || (status >= 500 && status !== 501);

/** Lets the calls of one environment through, with all other processes that work with its accounts. */
export function openGovernor(options: GovernorOptions): Governor & { release(): void; close(): void } {
  const { ledger, environment, timeScale = 1 } = options;
  const { patienceMs = longestWaitMs / timeScale } = options;
  // One thing's own limits: two processes at most work on it, so each takes half and asks nobody.
  const own = memoryLedger(() => ledger.now());
  const queues = new Map<string, Queue>();
  const underWay = new Map<string, { count: number; waiting: (() => void)[] }>();
  ledger.onRefusal?.((account) => queues.get(account)?.forget());

  const scaled = (charge: Charge, share: number): Charge => ({
    ...charge,
    windowMs: charge.windowMs / timeScale,
    limit: Math.max(1, Math.floor(charge.limit * share)),
  });

  function queueOf(account: string, at: Ledger): Queue {
    const there = queues.get(account);
    if (there !== undefined) return there;
    if (queues.size > 2_000) for (const [name, each] of queues) if (each.isIdle()) queues.delete(name);
    const made = openQueue({ account, ledger: at, process: options.process });
    queues.set(account, made);
    return made;
  }

  /** Room for one more call under way; gives it back when called. */
  async function enter(account: string, atOnce: number): Promise<() => void> {
    const here = underWay.get(account) ?? { count: 0, waiting: [] };
    underWay.set(account, here);
    if (here.count >= atOnce) await new Promise<void>((resolve) => here.waiting.push(resolve));
    else here.count += 1;
    return () => {
      const next = here.waiting.shift();
      if (next) next();
      else here.count -= 1;
    };
  }

  /** Where nobody is answered, a run is not sent after the others: one of them tries, now and then. */
  function mustNotBeSilent(provider: string, queue: Queue, caller: Caller): void {
    const silence = queue.silence();
    if (!caller.parks || silence === undefined || silence.calls < unanswered.calls) return;
    const nowMs = ledger.now();
    if (nowMs >= silence.nextTryMs) {
      queue.tries(nowMs + unanswered.everyMs / timeScale);
      return;
    }
    const untilMs = Math.max(silence.nextTryMs, nowMs + 200) + Math.random() * 500;
    queue.park(caller, untilMs, []);
    throw heldBySilence(provider, { sinceMs: here(silence.sinceMs), untilMs: here(untilMs) });
  }

  /** A time of the shared clock by this machine's. */
  const here = (sharedMs: number) => Date.now() + (sharedMs - ledger.now());

  async function admit(provider: string, call: CallShape, limits: PublishedLimits) {
    const caller = presentCaller();
    const { scope, charges } = limits.charges(call);
    const account = `${environment}/${provider.toLowerCase()}`;
    const shared = queueOf(account, ledger);
    const queue = scope === undefined ? shared : queueOf(`${account}/${scope}`, own);
    const taken = charges.map((each) => scaled(each, scope === undefined ? 1 : 0.5));
    mustNotBeSilent(provider, shared, caller);
    if (taken.length > 0)
      await queue.take({
        caller,
        charges: taken,
        patienceMs: caller.patienceMs ?? patienceMs,
        held: (wait) => held(provider, wait),
      });
    // Only now: who waits for one limit must not stand in the way of those who need another.
    const leave = await enter(account, limits.atOnce ?? Number.POSITIVE_INFINITY);
    try {
      await caller.stillOurs?.();
    } catch (error) {
      leave();
      throw error;
    }
    return (answer: Answer) => {
      leave();
      for (const each of newsOf(answer, { limits, taken, isScoped: scope !== undefined }))
        (each.is === "told" || (each.is === "refused" && each.charges.length > 0) ? queue : shared).hear(
          each,
        );
      if (answer.limited) for (const each of new Set([queue, shared])) each.forget();
      const silence = isUnanswered(answer) && caller.parks ? shared.silence() : undefined;
      if (silence === undefined || silence.calls < unanswered.calls) return undefined;
      const untilMs = Math.max(silence.nextTryMs, ledger.now() + unanswered.everyMs / timeScale);
      shared.park(caller, untilMs, []);
      return heldBySilence(provider, { sinceMs: here(silence.sinceMs), untilMs: here(untilMs) });
    };
  }

  const held = (provider: string, wait: { untilMs: number; of: string }): Held =>
    heldByLimit(provider, {
      of: wait.of,
      untilMs: here(wait.untilMs),
      // A little early: what it reads first is done by then, and it stands ready when its turn comes.
      backMs: here(Math.max(ledger.now(), wait.untilMs - patienceMs / 2)),
    });

  function newsOf(
    answer: Answer,
    { limits, taken, isScoped }: { limits: PublishedLimits; taken: Charge[]; isScoped: boolean },
  ): News[] {
    const nowMs = ledger.now();
    if (isUnanswered(answer)) {
      const { afterMs, everyMs } = unanswered;
      return [{ is: "unanswered", atMs: nowMs, afterMs: afterMs / timeScale, everyMs: everyMs / timeScale }];
    }
    const news: News[] = [{ is: "answered" }];
    const { limit, limited, waitMs } = answer;
    const charge = taken.find(({ told }) => told);
    const ofDay = (ms: number) => Math.min(longestStopMs, ms) / timeScale;
    const resetInMs = limit?.resetAtMs === undefined ? undefined : ofDay(limit.resetAtMs - Date.now());
    const resetAtMs = resetInMs === undefined ? undefined : nowMs + resetInMs;
    // Of one thing's own limits the header tells the whole, of which this process takes half.
    if (limit && charge && !isScoped)
      news.push({ is: "told", charge, limit: limit.limit, remaining: limit.remaining, resetAtMs });
    const charges = limits.refusalStops === "account" ? [] : charge ? [charge] : taken;
    if (limited) {
      const stopMs = waitMs === undefined ? (resetInMs ?? silentStopMs / timeScale) : ofDay(waitMs);
      news.push({ is: "refused", charges, untilMs: nowMs + Math.max(shortestStopMs, stopMs) });
    } else if (limit?.remaining === 0 && charge && resetAtMs !== undefined && resetAtMs > nowMs) {
      news.push({ is: "refused", charges: [charge], untilMs: resetAtMs });
    }
    return news;
  }

  return {
    admit,
    release() {
      for (const each of queues.values()) each.release();
    },
    close() {
      for (const each of queues.values()) each.close();
    },
  };
}
