import { minuteMs, type PublishedLimits } from "@atoll/provider-kit/charges";

/** Netlify's limits of one token: 500 calls a minute. Source: Netlify's API documentation, "Rate limiting". */
export const limits: PublishedLimits = {
  charges: () => ({
    charges: [{ bucket: "calls/minute", of: "calls", limit: 500, windowMs: minuteMs, told: true }],
  }),
  refusalStops: "account",
};
