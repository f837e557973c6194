import type { InstanceTeam, TeamMember } from "@atoll/contract/schemas/team";
import { listMembers, listOf, type Member } from "./members.ts";
import type { TeamPlace } from "./place.ts";

const most = 1000;

/** The team of an instance, as it stands in its own database. */
export async function showTeam(place: TeamPlace): Promise<InstanceTeam> {
  const { team } = place;
  return place.database(async (session) => {
    const { items, total } = await listMembers(session, team, most);
    const [first] = team.roles;
    const admins = items.filter((each) => each.role === first && each.joined && !each.blocked);
    return {
      roles: [...team.roles],
      ...(team.of && {
        of: {
          roles: [...team.of.roles],
          name: team.of.table.name,
          items: await listOf(session, team),
        },
      }),
      total,
      items: items.map((each) =>
        shown(each, {
          isFirstAdmin: each.id === place.firstAdmin,
          isLastAdmin: each.role === first && admins.every(({ id }) => id === each.id),
        }),
      ),
    };
  });
}

function shown(member: Member, place: Pick<TeamMember, "isFirstAdmin" | "isLastAdmin">): TeamMember {
  const { email, name, role, joined, blocked, of, invitedAt, lastSignInAt, createdAt, mark } = member;
  return {
    email,
    ...(name !== null && { name }),
    role,
    state: blocked ? "blocked" : joined ? "joined" : "invited",
    ...place,
    wasMade: mark?.made === true,
    ...(of !== null && { of }),
    ...(invitedAt !== null && { invitedAt }),
    ...(lastSignInAt !== null && { lastSignInAt }),
    createdAt,
  };
}
