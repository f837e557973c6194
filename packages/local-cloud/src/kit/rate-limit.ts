import type { Context, MiddlewareHandler } from "hono";
import type { CloudEnv } from "./context.ts";

/** A provider's limit: so many calls in a window, counted by a key. */
export interface Limit {
  limit: number;
  windowMs: number;
  /** What is counted together; undefined = this call is not counted. */
  key(c: Context<CloudEnv>): string | undefined;
  /** The provider's own headers, on every answer. `resetMs` = until the window ends. */
  headers(state: { limit: number; remaining: number; resetMs: number; now: number }): Record<string, string>;
  /** The provider's own refusal. */
  refuse(c: Context<CloudEnv>, resetMs: number): Response;
}

/** Counts calls in fixed windows and refuses what is over. */
export function rateLimit(
  enforced: () => boolean,
  { limit, windowMs, key, headers, refuse }: Limit,
): MiddlewareHandler<CloudEnv> {
  const windows = new Map<string, { endsAt: number; count: number }>();
  return async (c, next) => {
    const counted = key(c);
    if (counted === undefined || !enforced()) {
      await next();
      return;
    }
    const now = Date.now();
    let window = windows.get(counted);
    if (window === undefined || window.endsAt <= now) {
      if (windows.size > 10_000)
        for (const [old, { endsAt }] of windows) if (endsAt <= now) windows.delete(old);
      window = { endsAt: now + windowMs, count: 0 };
      windows.set(counted, window);
    }
    window.count += 1;
    const resetMs = window.endsAt - now;
    if (window.count > limit) c.res = refuse(c, resetMs);
    else await next();
    const remaining = Math.max(0, limit - window.count);
    for (const [name, value] of Object.entries(headers({ limit, remaining, resetMs, now })))
      c.res.headers.set(name, value);
  };
}
