import { type Charge, hourMs, minuteMs, type PublishedLimits } from "@atoll/provider-kit/charges";

const reads = new Set(["GET", "HEAD", "OPTIONS"]);
/** GitHub does not say which calls make content: all that may are counted. */
const makesContent = ({ method }: { method: string }) => method === "POST" || method === "PUT";

/**
 * GitHub's limits of one user's token: 5,000 calls an hour (an app's differ: the headers say), 900 points a minute
 * (reading 1, writing 5), and 80 creations of content a minute and 500 an hour. 100 calls may be under way at once; a
 * process takes 20 of them. Source: the REST API's documentation, "Rate limits for the REST API".
 */
export const limits: PublishedLimits = {
  charges(call) {
    const content: Charge[] = makesContent(call)
      ? [
          { bucket: "content/minute", of: "new content", limit: 80, windowMs: minuteMs },
          { bucket: "content/hour", of: "new content", limit: 500, windowMs: hourMs },
        ]
      : [];
    return {
      charges: [
        { bucket: "core", of: "calls an hour", limit: 5_000, windowMs: hourMs, told: true },
        {
          bucket: "points/minute",
          of: "points a minute",
          limit: 900,
          windowMs: minuteMs,
          points: reads.has(call.method) ? 1 : 5,
        },
        ...content,
      ],
    };
  },
  atOnce: 20,
  refusalStops: "account",
};
