import { Hono } from "hono";
import type { CloudEnv } from "../../kit/context.ts";
import { rateLimit } from "../../kit/rate-limit.ts";
import { find, type World } from "../world.ts";
import { refuse } from "./answers.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

// How far each interval goes back, and in what steps it is told.
const intervals: Record<string, { spanMs: number; stepMs: number }> = {
  "15min": { spanMs: 15 * minuteMs, stepMs: minuteMs },
  "30min": { spanMs: 30 * minuteMs, stepMs: minuteMs },
  "1hr": { spanMs: hourMs, stepMs: minuteMs },
  "3hr": { spanMs: 3 * hourMs, stepMs: minuteMs },
  "1day": { spanMs: dayMs, stepMs: hourMs },
  "3day": { spanMs: 3 * dayMs, stepMs: hourMs },
  "7day": { spanMs: 7 * dayMs, stepMs: dayMs },
};

/** `/v1/projects/{ref}/analytics/endpoints/usage.api-counts`: calls of a project's APIs, as they were counted. */
export function analyticsRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const { context, requests } = world;
  const path = "/:ref/analytics/endpoints/usage.api-counts";

  app.use(
    path,
    rateLimit(context, {
      limit: 30,
      windowMs: minuteMs,
      key: (c) => c.req.path,
      headers: ({ limit, remaining, resetMs }) => ({
        "x-ratelimit-limit": String(limit),
        "x-ratelimit-remaining": String(remaining),
        "x-ratelimit-reset": String(Math.ceil(resetMs / 1000)),
      }),
      refuse: (c) => refuse(c, 429, "ThrottlerException: Too Many Requests"),
    }),
  );

  app.get(path, (c) => {
    const ref = c.req.param("ref");
    if (find(world, ref) === undefined) return refuse(c, 404, "Project not found");
    const interval = intervals[c.req.query("interval") ?? "1day"];
    if (interval === undefined)
      return refuse(c, 400, `interval: must be one of ${Object.keys(intervals).join(", ")}`);
    const now = context.clock.now();
    const { spanMs, stepMs } = interval;
    return c.json({
      // A step without a call is none in the logs either: it is missing here.
      result: requests.between(ref, now - spanMs, now + 1, stepMs).map(({ atMs, calls }) => ({
        timestamp: new Date(atMs).toISOString(),
        total_auth_requests: calls.auth,
        total_realtime_requests: calls.realtime,
        total_rest_requests: calls.rest,
        total_storage_requests: calls.storage,
      })),
    });
  });

  return app;
}
