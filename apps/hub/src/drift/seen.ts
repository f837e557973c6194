import type { DriftArea, DriftItem, InstanceDrift } from "@atoll/contract/schemas/drift";

/** One difference as a look found it, fit to be stored and shown. */
export interface SeenItem {
  path: string;
  area: DriftArea;
  step: string;
  kind: string;
  act: DriftItem["act"];
  /** What is there; absent where nothing is. */
  from?: string | undefined;
  /** What is wanted. */
  to?: string | undefined;
  why?: string | undefined;
  next?: string | undefined;
  /** Steps that differ, too, and whose difference may be all that is behind this one. */
  after: readonly string[];
}

/** Among the blind steps: nothing is known of the plan. */
export const planUnseen = "*";

/** What a look at a whole instance found. */
export interface Seen {
  items: SeenItem[];
  /** Steps that could not be looked at: what was seen of them before stays. `planUnseen` stands for the whole plan. */
  blind: ReadonlySet<string>;
  problems: InstanceDrift["problems"];
  /** What else a repair would do. */
  besides: string[];
  /** What went wrong beyond what a problem says: for the log. */
  failures: unknown[];
}
