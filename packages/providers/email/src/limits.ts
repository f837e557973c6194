import { type PublishedLimits, secondMs } from "@atoll/provider-kit/charges";

/** Resend's limit of one team: 5 calls a second, or what its headers say. Source: Resend's API reference, introduction. */
export const limits: PublishedLimits = {
  charges: () => ({
    charges: [{ bucket: "calls/second", of: "calls", limit: 5, windowMs: secondMs, told: true }],
  }),
  refusalStops: "account",
};
