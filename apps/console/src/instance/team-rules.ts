import type { Role } from "@atoll/contract/schemas/account";
import type { TeamMember } from "@atoll/contract/schemas/team";
import type { InstanceState } from "@atoll/core/states";
import { type Reason, reasonOfRole } from "../rules/reasons.ts";

/** What can be done to somebody in an instance's team. */
export type TeamAct = "invite" | "resend" | "revoke" | "role" | "remove";

/** What a run of kind `team` takes. */
export type TeamInput = { do: TeamAct; email: string; role?: string; name?: string; of?: string };

/** Why something cannot be done with an instance's team, or to this member; undefined when it can. */
export function reasonOfTeam(
  act: TeamAct,
  state: InstanceState,
  role: Role,
  member?: Pick<TeamMember, "state" | "isFirstAdmin" | "isLastAdmin">,
): Reason {
  const mails = act === "invite" || act === "resend";
  if (mails && state !== "live") return `It is ${state}: an invitation leads to its site, once it is live.`;
  if (!["live", "paused", "failed"].includes(state)) return `It is ${state}: its team stays as it is.`;
  if (act === "resend" && member?.state !== "invited") return "They have accepted already.";
  if (act === "revoke" && member?.state !== "invited")
    return "They have accepted already: remove them instead.";
  if (act === "remove" && member?.isFirstAdmin)
    return "The instance's answers name them: give them another role instead.";
  if ((act === "remove" || act === "role") && member?.isLastAdmin)
    return "The last admin stays: make somebody else one first.";
  return reasonOfRole(role, "operator");
}
