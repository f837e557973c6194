import type { RunKind } from "@atoll/core/states";

/** What a run of a kind is called. */
export const kindWords: Record<RunKind, string> = {
  provision: "Provisioning",
  update: "Update",
  repair: "Repair",
  destroy: "Removal",
};
