import type { Held } from "@atoll/core/fault";
import type { CallShape, PublishedLimits } from "./charges.ts";
import type { ObservedLimit } from "./limits.ts";

/** What came of a call that was let through. */
interface Heard {
  /** 0 when no answer arrived. */
  status: number;
  /** It was refused for too many calls. */
  limited: boolean;
  /** How long the provider asks to wait, in milliseconds of its own time. */
  waitMs?: number | undefined;
  limit?: ObservedLimit | undefined;
}

/** Lets calls through as an account's limits allow. */
export interface Governor {
  /**
   * Waits until the call may go; gives what is to be told the outcome of it, once. Throws `Held` where the wait would
   * be long. The outcome gives one too where the provider answers nobody: whoever may repeat the call comes back then.
   */
  admit(
    provider: string,
    call: CallShape,
    limits: PublishedLimits,
  ): Promise<(heard: Heard) => Held | undefined>;
}
