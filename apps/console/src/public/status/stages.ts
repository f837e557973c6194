import type { PublicRequest } from "@atoll/contract/schemas/request";

const order = ["asked", "confirmed", "approved", "ready"] as const;

/** How many stages lie behind a request; undefined where there is no way on. */
function passed({ state, confirmed }: Pick<PublicRequest, "state" | "confirmed">): number | undefined {
  if (state === "rejected" || state === "withdrawn") return undefined;
  if (state === "pending") return confirmed ? 2 : 1;
  return state === "deployed" ? 4 : 3;
}

/** Where a request stands on its way; no stages for one that goes no further. */
export function stagesOf(
  request: Pick<PublicRequest, "state" | "confirmed">,
): { stage: (typeof order)[number]; is: "done" | "now" | "next" }[] {
  const behind = passed(request);
  if (behind === undefined) return [];
  return order.map((stage, index) => ({
    stage,
    is: index < behind ? "done" : index === behind ? "now" : "next",
  }));
}

/**
 * How soon to look again, in milliseconds; false where nothing changes any more. Often enough that nobody misses their
 * own application being made, which may take seconds.
 */
export function lookAgainInMs(state: PublicRequest["state"] | undefined): number | false {
  if (state === "deployed" || state === "rejected" || state === "withdrawn") return false;
  return state === "approved" || state === "provisioning" ? 2_000 : 4_000;
}
