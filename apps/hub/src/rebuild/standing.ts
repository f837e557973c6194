import type { InstanceState } from "@atoll/core/states";
import type { FoundInstance, FoundThing } from "@atoll/engine/regain";

/** Holds the data; a pause leaves it going unless somebody asks for it. */
const holdsData = ({ step }: FoundThing) => step.resource.kind === "supabase.project";

/** A client brought it: it says nothing of how the instance stands. */
const isOurs = ({ step }: FoundThing) => step.resource.brought === undefined;

/**
 * The state of an instance as its things show it. Put away: something of it is retired, and something else is gone.
 * Paused: all that can be halted is, but for what holds the data. Without an address it never was finished.
 */
export function stateOf({ things, url }: FoundInstance): InstanceState {
  const own = things.filter(isOurs);
  const isGone = own.some(({ is, step }) => is === "absent" && step.resource.removal === "own");
  if (isGone && own.some(({ retired }) => retired === "halted")) return "archived";
  const halts = own.filter((each) => each.halted !== undefined && !holdsData(each));
  const isHalted = halts.some(({ halted }) => halted === "halted");
  if (isHalted && halts.every(({ halted }) => halted !== "going")) return "paused";
  return url === undefined ? "failed" : "live";
}

/**
 * Whether its first mail need not go out again. One that was never finished may have an account already, whose password
 * nobody knows any more: a mail would name another one.
 */
export const isSent = ({ things }: FoundInstance, state: InstanceState): boolean =>
  state !== "failed" ||
  things.some(({ is, step }) => is === "ours" && step.resource.kind === "supabase.user");
