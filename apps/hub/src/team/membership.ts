import { Fault } from "@atoll/core/fault";
import type { Look, Task } from "@atoll/core/operation";
import { giveRole, putRoleBack, removeMember, takeRole, withdraw } from "./changing.ts";
import { dropWaiting, type InvitationMail } from "./invitation.ts";
import { findMember, isLastOfFirst, type Member } from "./members.ts";
import { lastAdmin, mustBeRole, nobody } from "./rules.ts";

const head = ({ asked }: InvitationMail) => ({
  step: "member",
  kind: "team.member",
  name: asked.email,
  needs: [],
});

const finding = ({ place, asked }: InvitationMail) =>
  place.database((session) => findMember(session, place.team, asked.email));

/** Refuses what would leave the instance without anybody who may do everything. */
async function mustNotBeLast({ place, asked }: InvitationMail, { id }: Member): Promise<void> {
  const { slug, team } = place;
  if (await place.database((session) => isLastOfFirst(session, team, id)))
    throw lastAdmin(slug, asked.email, team.roles[0]);
}

/** The task that gives a member another role. */
export function roleTask(mail: InvitationMail): Task {
  const { place, asked, run } = mail;
  const { team, slug } = place;
  const { email, role = "", of } = asked;
  return {
    ...head(mail),

    async look(): Promise<Look> {
      await mustBeRole(place, asked);
      const member = await finding(mail);
      if (member === undefined) throw nobody(slug, email);
      const { given } = member;
      if (given === role && member.role === role && member.of === (of ?? null)) return { is: "done" };
      if (role !== team.roles[0]) await mustNotBeLast(mail, member);
      return {
        is: "todo",
        does: "update",
        says:
          given === role ? `keeps the role ${role}` : `changes the role from ${given || "none"} to ${role}`,
      };
    },

    async act() {
      const member = await finding(mail);
      if (member === undefined) throw nobody(slug, email);
      const { id, given } = member;
      if (!(await place.database((session) => giveRole(session, team, { id, run, role, of }))))
        throw lastAdmin(slug, email, team.roles[0]);
      return { before: given };
    },

    undo: () => place.database((session) => putRoleBack(session, team, { email, run })),
  };
}

/** The task that takes back an invitation which nobody has accepted yet. */
export function revokingTask(mail: InvitationMail): Task {
  const { place, asked, desk, instanceId } = mail;
  const { email } = asked;
  return {
    ...head(mail),

    async look(): Promise<Look> {
      const member = await finding(mail);
      if (member === undefined || (!member.joined && member.given === "")) return { is: "done" };
      if (member.joined) throw accepted(email, place.slug);
      return member.mark?.made
        ? { is: "todo", does: "remove", says: "removes the account that was made for the invitation" }
        : { is: "todo", does: "update", says: "takes the role away; the account was there before" };
    },

    async act() {
      const member = await finding(mail);
      await dropWaiting(desk.store, instanceId, email);
      await place.database((session) =>
        member?.mark?.made ? withdraw(session, { email }) : takeRole(session, email),
      );
    },
  };
}

const accepted = (email: string, slug: string) =>
  new Fault("rejected", {
    what: `${email} has accepted the invitation already.`,
    next: `Take them out instead: \`atoll team remove ${slug} ${email}\`.`,
    field: "email",
  });

/** The task that removes a member with their account. What they made in the instance stays. */
export function leavingTask(mail: InvitationMail): Task {
  const { place, asked, desk, instanceId } = mail;
  const { slug, team } = place;
  const { email } = asked;
  return {
    ...head(mail),

    async look(): Promise<Look> {
      const member = await finding(mail);
      if (member === undefined) return { is: "done" };
      if (member.id === place.firstAdmin)
        throw new Fault("rejected", {
          what: `${email} is the first ${team.roles[0]} of "${slug}", whom its answers name: a repair would make the account again.`,
          next: "Give them another role instead; the account itself goes with the instance.",
          field: "email",
        });
      await mustNotBeLast(mail, member);
      return { is: "todo", does: "remove", says: "removes the account and ends its sessions" };
    },

    async act() {
      const member = await finding(mail);
      if (member === undefined) return;
      await dropWaiting(desk.store, instanceId, email);
      if (!(await place.database((session) => removeMember(session, team, member.id))))
        throw lastAdmin(slug, email, team.roles[0]);
    },
  };
}
