import { Fault } from "@atoll/core/fault";

/** How often instances are measured, and how hard providers are asked for it. */
export interface UsageSettings {
  /** From one look at an instance to the next, in milliseconds; 0 = this hub does not measure by itself. */
  everyMs: number;
  /** Calls a minute at most for it, at one provider account with rate limits. */
  callsPerMinute: number;
}

function numberOf(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const number = Number(env[name] || fallback);
  if (Number.isFinite(number) && number >= 0) return number;
  throw new Fault("rejected", {
    what: `${name} is "${env[name]}".`,
    next: `Set it to a number from 0 upwards, such as ${fallback}.`,
    field: name,
  });
}

/** Reads `ATOLL_USAGE_EVERY_MINUTES` and `ATOLL_USAGE_CALLS_PER_MINUTE`. Throws a fault that names the one that is wrong. */
export function usageSettings(env: NodeJS.ProcessEnv): UsageSettings {
  return {
    everyMs: numberOf(env, "ATOLL_USAGE_EVERY_MINUTES", 60) * 60_000,
    callsPerMinute: numberOf(env, "ATOLL_USAGE_CALLS_PER_MINUTE", 60),
  };
}
