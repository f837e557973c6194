import { type Charge, dayMs, minuteMs, type PublishedLimits } from "@atoll/provider-kit/charges";

/**
 * Vercel publishes no figure for an endpoint; its headers tell it with the first answer. Until then this only keeps a
 * count: a guess that is too low would hold up a deployment, which sends hundreds of files.
 */
const assumed = 6_000;

const isDeploy = (method: string, path: string) => method === "POST" && /^\/v\d+\/deployments$/.test(path);

/**
 * Vercel's limits: each endpoint has one of its own, which its headers tell, and a team on Pro may make 6,000
 * deployments a day. Source: Vercel's documentation, "Limits" and "Errors" of the REST API.
 */
export const limits: PublishedLimits = {
  charges({ method, path }) {
    const endpoint: Charge = {
      bucket: `${method} ${path}`,
      of: `${method} ${path}`,
      limit: assumed,
      windowMs: minuteMs,
      told: true,
    };
    if (!isDeploy(method, path)) return { charges: [endpoint] };
    return {
      charges: [endpoint, { bucket: "deployments/day", of: "deployments", limit: 6_000, windowMs: dayMs }],
    };
  },
  refusalStops: "bucket",
};
