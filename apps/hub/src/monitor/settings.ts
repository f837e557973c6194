import { Fault } from "@atoll/core/fault";

/** How often and how hard instances are looked at. */
export interface MonitorSettings {
  /** From one look at an instance to the next, in milliseconds; 0 = this hub does not look by itself. */
  everyMs: number;
  /** The same for what only a provider's own API tells. */
  closerEveryMs: number;
  /** How long one look at one thing may take, in milliseconds. */
  timeoutMs: number;
  /** An answer that takes longer is slow. */
  slowMs: number;
  /** Calls a minute that monitoring makes at most at one provider account with rate limits. */
  callsPerMinute: number;
  /** How many days before its end a certificate is told of. */
  certificateDays: number;
  /** Webhooks may lead to this machine or an inner network. */
  allowsInside: boolean;
}

function numberOf(env: NodeJS.ProcessEnv, name: string, fallback: number, least: number): number {
  const text = env[name];
  if (text === undefined || text === "") return fallback;
  const number = Number(text);
  if (Number.isFinite(number) && number >= least) return number;
  throw new Fault("rejected", {
    what: `${name} is "${text}".`,
    next: `Set it to a number from ${least} upwards, such as ${fallback}.`,
    field: name,
  });
}

/** Reads the variables of docs/monitoring.md. Throws a fault that names the one that is wrong. */
export function monitorSettings(env: NodeJS.ProcessEnv): MonitorSettings {
  const everyMs = numberOf(env, "ATOLL_PROBE_EVERY_SECONDS", 60, 0) * 1_000;
  return {
    everyMs,
    closerEveryMs: numberOf(env, "ATOLL_PROBE_PROVIDERS_EVERY_SECONDS", 300, 0.1) * 1_000,
    timeoutMs: numberOf(env, "ATOLL_PROBE_TIMEOUT_SECONDS", 10, 0.1) * 1_000,
    slowMs: numberOf(env, "ATOLL_SLOW_MS", 2_000, 1),
    callsPerMinute: numberOf(env, "ATOLL_PROBE_CALLS_PER_MINUTE", 60, 0),
    certificateDays: numberOf(env, "ATOLL_CERTIFICATE_DAYS", 14, 0),
    allowsInside: env.ATOLL_WEBHOOKS_INSIDE === "1",
  };
}
