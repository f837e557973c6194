/** One of a provider's limits, and what a call takes of it. */
export interface Charge {
  /** Name of the limit within the account: "content a minute". */
  bucket: string;
  /** What it limits, for people: "new content". */
  of: string;
  /** Points in a window; where the provider says otherwise in its headers, that counts. */
  limit: number;
  /** In the provider's time. */
  windowMs: number;
  /** What this call takes. Default 1. */
  points?: number;
  /** The headers of the answer speak of this limit. */
  told?: boolean;
}

/** What a call takes, of which account. */
interface Charges {
  /**
   * Set where the limits are counted for one thing alone (a Supabase project): the processes that work on it share
   * them by halves and ask nobody. Absent = limits of the whole account, which all processes share.
   */
  scope?: string;
  charges: readonly Charge[];
}

/** A call before it is sent, as the adapter wrote it: the path is a template. */
export interface CallShape {
  method: string;
  /** "/v1/projects/{ref}". */
  path: string;
  params?: Readonly<Record<string, string | number | undefined>>;
}

/** What a provider has published of its limits. */
export interface PublishedLimits {
  charges(call: CallShape): Charges;
  /** Calls of one process that may be under way at once. */
  atOnce?: number;
  /** What a refusal for too many calls is about: the limits of that call, or all that this account does. */
  refusalStops: "bucket" | "account";
}

export const secondMs = 1_000;
export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** Limits of a provider that has published none: nothing is counted, but who does not answer is noticed. */
export const noLimits: PublishedLimits = { charges: () => ({ charges: [] }), refusalStops: "account" };
