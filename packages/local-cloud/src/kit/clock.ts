import { setTimeout as wait } from "node:timers/promises";
import type { Latencies } from "./settings.ts";

/** The providers' time: real time, or compressed. */
export interface CloudClock {
  /** Milliseconds since 1970, real time: what stands in answers. */
  now(): number;
  /** Real milliseconds that a span of provider time takes. */
  real(providerMs: number): number;
  /** True when `providerMs` have passed since `sinceMs` (as given by `now`). */
  passed(sinceMs: number, providerMs: number): boolean;
  sleep(providerMs: number): Promise<void>;
}

/** A clock that reads the scale at each call: it can be changed while the cloud runs. */
export function cloudClock(latencies: () => Latencies): CloudClock {
  const real = (providerMs: number) => providerMs / latencies().timeScale;
  return {
    now: () => Date.now(),
    real,
    passed: (sinceMs, providerMs) => Date.now() - sinceMs >= real(providerMs),
    sleep: (providerMs) => wait(real(providerMs)),
  };
}
