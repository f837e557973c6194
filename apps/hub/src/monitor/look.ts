import type { ProbeKind } from "@atoll/contract/schemas/monitor";
import { Fault, Held } from "@atoll/core/fault";
import { onBehalfOf } from "@atoll/provider-kit/caller";
import type { Target } from "./targets.ts";
import type { Found } from "./verdict.ts";

/** What a look at one thing of an instance found. */
export interface Looked {
  kind: ProbeKind;
  provider: string | undefined;
  at: Date;
  found: Found;
}

/** Spends the calls that monitoring may make at an account; false = none are left in this minute. */
export type Spend = (provider: string, calls: number) => boolean;

/** A look waits for its turn at the provider so long that the answer itself still has time. */
const inNoHurry = (timeoutMs: number) => ({ urgent: false, patienceMs: timeoutMs / 5 });

/** A look at one thing, bounded. Undefined where it says nothing of the instance: a token or a limit of ours is in the way. */
async function bounded(target: Target, timeoutMs: number): Promise<Found | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Found>((resolve) => {
    timer = setTimeout(
      () => resolve({ ok: false, problem: `no answer within ${timeoutMs / 1_000} s.` }),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([onBehalfOf(inNoHurry(timeoutMs), () => target.look()), late]);
  } catch (error) {
    if (error instanceof Held) return undefined;
    if (!(error instanceof Fault)) return { ok: false, problem: "it could not be looked at." };
    if (error.kind === "sign-in-again" || error.kind === "not-ours") return undefined;
    if (/\b429$/.test(error.call ?? "")) return undefined;
    return { ok: false, problem: error.what };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Looks at the things of one instance, all at once. `closer`: also at what only a provider's own API tells; where
 * something that is cheap to ask fails, that is looked at as well, to name the cause. `missed` = an account had no calls
 * left for it.
 */
export async function lookAtAll(
  targets: readonly Target[],
  { closer, spend, timeoutMs }: { closer: boolean; spend: Spend; timeoutMs: number },
): Promise<{ looked: Looked[]; wasCloser: boolean; missed: boolean }> {
  let missed = false;
  const some = async (ones: readonly Target[]): Promise<Looked[]> => {
    const all = await Promise.all(
      ones.map(async (target): Promise<Looked | undefined> => {
        const { kind, provider, calls } = target;
        if (calls > 0 && provider !== undefined && !spend(provider, calls)) {
          missed = true;
          return undefined;
        }
        const found = await bounded(target, timeoutMs);
        return found && { kind, provider, at: new Date(), found };
      }),
    );
    return all.filter((each) => each !== undefined);
  };
  const often = targets.filter(({ isCloser }) => !isCloser);
  const seldom = targets.filter(({ isCloser }) => isCloser);
  if (closer) return { looked: await some(targets), wasCloser: true, missed };
  const looked = await some(often);
  if (looked.every(({ found }) => found.ok)) return { looked, wasCloser: false, missed };
  return { looked: [...looked, ...(await some(seldom))], wasCloser: true, missed };
}

/** Counts calls by provider account and minute. `low` = its own limit is nearly used up: nothing is spent there. */
export function openSpending(
  perMinute: number,
  low: (environment: string, provider: string) => boolean,
  nowMs: () => number = Date.now,
): (environment: string) => Spend {
  const spent = new Map<string, { minute: number; calls: number }>();
  return (environment) => (provider, calls) => {
    if (low(environment, provider)) return false;
    const key = `${environment}/${provider}`;
    const minute = Math.floor(nowMs() / 60_000);
    const before = spent.get(key);
    const now = before?.minute === minute ? before.calls : 0;
    // One that takes more than a whole minute's calls would never be looked at.
    if (now > 0 && now + calls > perMinute) return false;
    if (perMinute === 0) return false;
    spent.set(key, { minute, calls: now + calls });
    return true;
  };
}
