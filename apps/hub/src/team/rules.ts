import { Fault } from "@atoll/core/fault";
import type { Asked } from "./asked.ts";
import { hasRow } from "./members.ts";
import type { TeamPlace } from "./place.ts";

/** Refuses a role that the instance's kind does not have, and one whose row is missing. */
export async function mustBeRole(place: TeamPlace, { role = "", of }: Asked): Promise<void> {
  const { team, slug } = place;
  if (!team.roles.includes(role))
    throw new Fault("rejected", {
      what: `"${slug}" has no role "${role}".`,
      next: `Choose one of: ${team.roles.join(", ")}.`,
      field: "role",
    });
  const needs = team.of?.roles.includes(role) === true;
  const what =
    needs && of === undefined
      ? `The role ${role} means nothing without one of the ${team.of?.table.name}.`
      : !needs && of !== undefined
        ? `The role ${role} belongs to none of the ${team.of?.table.name ?? "rows"}.`
        : undefined;
  if (what !== undefined)
    throw new Fault("rejected", {
      what,
      next: needs
        ? `Say which one by its id: \`atoll team ${slug}\` lists them.`
        : "Leave out whom it belongs to.",
      field: "of",
    });
  if (of !== undefined && !(await place.database((session) => hasRow(session, team, of))))
    throw new Fault("rejected", {
      what: `None of the ${team.of?.table.name} has this id.`,
      next: `\`atoll team ${slug}\` lists them.`,
      field: "of",
    });
}

/** The fault for an address that nobody in the team has. */
export const nobody = (slug: string, email: string) =>
  new Fault("rejected", {
    what: `Nobody with the address ${email} belongs to "${slug}" or was invited.`,
    next: `\`atoll team ${slug}\` lists them all.`,
    field: "email",
  });

/** The fault for the last member who may do everything. */
export const lastAdmin = (slug: string, email: string, role: string) =>
  new Fault("rejected", {
    what: `${email} is the last ${role} of "${slug}": nobody could look after it any more.`,
    next: `Make somebody else ${role} first, and wait until they have joined.`,
    field: "email",
  });
