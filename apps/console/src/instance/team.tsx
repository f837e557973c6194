import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import { Rows } from "../parts/rows.tsx";
import type { InstanceDetails } from "./details.ts";
import { TeamInvite } from "./team-invite.tsx";
import { TeamLine } from "./team-line.tsx";
import { reasonOfTeam } from "./team-rules.ts";

/** Who belongs to an instance: asked of the instance itself, whose own rules go by the same roles. */
export function Team({ instance }: { instance: InstanceDetails }) {
  const { slug, state } = instance;
  const role = useRole();
  const [invites, setInvites] = useState(false);
  const query = useQuery({ ...read("showInstanceTeam", { params: { slug } }), retry: false });
  const { data } = query;
  return (
    <Section
      title="Team"
      intro="People with an account in this instance, and those who were invited."
      actions={
        data && (
          <ActButton reason={reasonOfTeam("invite", state, role)} onClick={() => setInvites(true)}>
            Invite
          </ActButton>
        )
      }
    >
      <Load query={query} lines={3} lineHeight={56}>
        {(team) => (
          <>
            <Rows
              label="Team"
              columns="minmax(0, 1.5fr) 150px 150px 200px"
              heads={["Who", "Role", "State", ""]}
            >
              {team.items.map((member) => (
                <TeamLine key={member.email} instance={instance} team={team} member={member} />
              ))}
            </Rows>
            {team.total > team.items.length && (
              <Text size="sm" c="dimmed">
                {team.total - team.items.length} more are not shown here.
              </Text>
            )}
            <TeamInvite slug={slug} team={team} opened={invites} onClose={() => setInvites(false)} />
          </>
        )}
      </Load>
    </Section>
  );
}
