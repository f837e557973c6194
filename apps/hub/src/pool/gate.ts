import type { Limits } from "../monitor/limits.ts";
import type { Reason } from "./rows.ts";
import type { Hold } from "./tend.ts";

/** An environment in which projects are made. */
export interface Gated {
  name: string;
  accounts: {
    /** How many more active projects its plan lets it have; undefined = it does not count them. */
    roomLeft(): Promise<number | undefined>;
  };
}

/** Nobody waits for them: a crowd of creations would take the calls of those for whom somebody does. */
const createsPerRound = 2;

const hold = (inMs: number, reason: Reason): Hold => ({ inMs, reason });

/** What is asked right before each creation of a round: runs come first, and no plan is overdrawn. */
export function openGate(
  { name, accounts }: Gated,
  limits: Pick<Limits, "isLow">,
): () => Promise<Hold | undefined> {
  let made = 0;
  let room: Promise<number | undefined> | undefined;
  return async () => {
    if (limits.isLow(name, "supabase"))
      return hold(60_000, {
        what: "Few of Supabase's calls are left in this minute: they are kept for runs.",
        next: "Nothing: it goes on when there are more.",
      });
    room ??= accounts.roomLeft();
    const left = await room;
    if (left !== undefined && left <= made)
      return hold(300_000, {
        what: "The organisation is on the free plan, and no active project is left of the two that it has room for.",
        next: "Upgrade the organisation, pause or delete a project, or want fewer here.",
      });
    made += 1;
    return made <= createsPerRound
      ? undefined
      : hold(0, { what: "Its turn comes after others'.", next: "Nothing: only a few are begun at once." });
  };
}
