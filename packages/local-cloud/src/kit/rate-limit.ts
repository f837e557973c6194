import type { Context, MiddlewareHandler } from "hono";
import type { CloudContext, CloudEnv } from "./context.ts";

/** A provider's limit: so many points in a window of provider time, counted by a key. */
export interface Limit {
  limit: number;
  windowMs: number;
  /** What is counted together; undefined = this call is not counted. */
  key(c: Context<CloudEnv>): string | undefined;
  /** What a call takes. Default 1. */
  points?(c: Context<CloudEnv>): number;
  /** The provider's own headers, on every answer. `resetMs` = provider time until the window ends. */
  headers?(state: { limit: number; remaining: number; resetMs: number; now: number }): Record<string, string>;
  /** The provider's own refusal. */
  refuse(c: Context<CloudEnv>, resetMs: number): Response;
}

/** Counts calls in fixed windows, which end sooner where time is compressed, and refuses what is over. */
export function rateLimit(
  { settings, clock }: Pick<CloudContext, "settings" | "clock">,
  { limit, windowMs, key, points = () => 1, headers = () => ({}), refuse }: Limit,
): MiddlewareHandler<CloudEnv> {
  const windows = new Map<string, { endsAt: number; count: number }>();
  return async (c, next) => {
    const counted = key(c);
    if (counted === undefined || !settings.rateLimits) {
      await next();
      return;
    }
    const now = Date.now();
    let window = windows.get(counted);
    if (window === undefined || window.endsAt <= now) {
      if (windows.size > 10_000)
        for (const [old, { endsAt }] of windows) if (endsAt <= now) windows.delete(old);
      window = { endsAt: now + clock.real(windowMs), count: 0 };
      windows.set(counted, window);
    }
    window.count += points(c);
    const resetMs = (window.endsAt - now) * settings.latencies.timeScale;
    if (window.count > limit) c.res = refuse(c, resetMs);
    else await next();
    const remaining = Math.max(0, limit - window.count);
    for (const [name, value] of Object.entries(headers({ limit, remaining, resetMs, now })))
      c.res.headers.set(name, value);
  };
}

/** Refuses calls while so many others are under way. */
export function atOnce(
  { settings }: Pick<CloudContext, "settings">,
  most: number,
  refuse: (c: Context<CloudEnv>) => Response,
): MiddlewareHandler<CloudEnv> {
  let underWay = 0;
  return async (c, next) => {
    if (settings.rateLimits && underWay >= most) return refuse(c);
    underWay += 1;
    try {
      await next();
    } finally {
      underWay -= 1;
    }
    return undefined;
  };
}
