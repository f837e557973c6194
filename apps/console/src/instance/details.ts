import type { Answer } from "@atoll/contract/types";

/** An instance as its page shows it. */
export type InstanceDetails = Answer<"showInstance">;
