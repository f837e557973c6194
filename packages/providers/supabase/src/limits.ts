import { minuteMs, type PublishedLimits } from "@atoll/provider-kit/charges";

/** Endpoints with limits of their own, by the end of their path, in calls a minute. */
const stricter: [path: RegExp, limit: number][] = [
  [/\/usage\.api-(counts|requests-count)$/, 30],
  [/\/database\/context$/, 10],
  [/\/custom-hostname\/(initialize|reverify)$/, 10],
];

/**
 * The Management API's limits: 120 calls a minute for each endpoint, counted for the project that its path names, else
 * for the organisation or the user; fewer for some. Source: Supabase's documentation of its API rate limits.
 */
export const limits: PublishedLimits = {
  charges({ method, path, params = {} }) {
    const [, limit = 120] = stricter.find(([pattern]) => pattern.test(path)) ?? [];
    const { ref } = params;
    return {
      ...(ref !== undefined && { scope: String(ref) }),
      charges: [
        { bucket: `${method} ${path}`, of: `${method} ${path}`, limit, windowMs: minuteMs, told: true },
      ],
    };
  },
  refusalStops: "bucket",
};
