import { Fault } from "@atoll/core/fault";
import type { Look, Task } from "@atoll/core/operation";
import { giveRole, putRoleBack, withdraw } from "./changing.ts";
import { type InvitationMail, mustBeWithinLimits } from "./invitation.ts";
import { findMember, type Member } from "./members.ts";
import { lastAdmin, mustBeRole, nobody } from "./rules.ts";

/** The task that makes the account of somebody who is invited, or gives the role to one that is there: one account. */
export function accountTask(mail: InvitationMail): Task {
  const { place, asked, run } = mail;
  const { team } = place;
  const { email, role = "", of, name } = asked;
  const find = () => place.database((session) => findMember(session, team, email));
  return {
    step: "account",
    kind: "team.account",
    name: email,
    needs: [],

    async look(): Promise<Look> {
      await mustBeRole(place, asked);
      const member = await find();
      const isOurs = member?.mark?.run === run;
      if (member && isMember(member) && !isOurs) {
        if (member.role === role && (of === undefined || member.of === of)) return { is: "done" };
        throw new Fault("rejected", {
          what: `${email} is a member already, as ${member.role || "somebody without a role"}.`,
          next: `Change the role instead: \`atoll team role ${place.slug} ${email} ${role}\`.`,
          field: "email",
        });
      }
      if (member && isOurs && member.given === role) return { is: "done" };
      await mustBeWithinLimits(mail);
      return member === undefined
        ? { is: "todo", does: "create", says: `makes an account with the role ${role}` }
        : { is: "todo", does: "update", says: `gives the account the role ${role}` };
    },

    async act() {
      const member = await find();
      if (member === undefined) {
        const appMetadata = {
          role,
          ...(of !== undefined && team.of && { [team.of.key]: of }),
          // Its bearer has no rights before they have chosen a password of their own.
          must_change_password: true,
          atoll_team: { run, made: true },
        };
        await place.members.make(place.ref, { email, fullName: name, appMetadata });
        return { made: true };
      }
      if (!(await place.database((session) => giveRole(session, team, { id: member.id, run, role, of }))))
        throw lastAdmin(place.slug, email, team.roles[0]);
      return { made: false, before: member.given };
    },

    async undo() {
      await place.database(async (session) => {
        await putRoleBack(session, team, { email, run });
        await withdraw(session, { email, run });
      });
    },
  };
}

/** Somebody who can use the application as what they are: has opened their account and has a role. */
const isMember = ({ joined, given }: Member) => joined && given !== "";

/** The task of a second invitation: somebody has to wait for one. */
export function invitedTask({ place, asked }: InvitationMail): Task {
  const { email } = asked;
  return {
    step: "account",
    kind: "team.account",
    name: email,
    needs: [],
    async look(): Promise<Look> {
      const member = await place.database((session) => findMember(session, place.team, email));
      if (member === undefined || (!member.joined && member.given === "")) throw nobody(place.slug, email);
      if (member.joined)
        throw new Fault("rejected", {
          what: `${email} has accepted the invitation already.`,
          next: "They sign in with their password, or ask for a new one on the site.",
          field: "email",
        });
      return { is: "done" };
    },
    async act() {},
  };
}
