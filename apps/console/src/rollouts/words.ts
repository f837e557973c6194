import type { TargetState } from "@atoll/contract/schemas/fleet";

/** What a database's standing in a rollout is called. */
export const targetWords: Record<TargetState, string> = {
  pending: "to come",
  running: "under way",
  waiting: "waits",
  done: "done",
  failed: "failed",
  "left-behind": "left behind",
};
