import type { InstanceTeam, TeamMember } from "@atoll/contract/schemas/team";
import { Group, NativeSelect, Text } from "@mantine/core";
import { useState } from "react";
import { useRole } from "../hub/me.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Confirm } from "../parts/confirm.tsx";
import rows from "../parts/rows.module.css";
import { When } from "../parts/when.tsx";
import type { InstanceDetails } from "./details.ts";
import { OperationRun, useOperation } from "./operation-run.tsx";
import { reasonOfTeam, type TeamAct, type TeamInput } from "./team-rules.ts";

interface Props {
  instance: InstanceDetails;
  team: InstanceTeam;
  member: TeamMember;
}

/** One member or invitation, and what can be done. */
export function TeamLine({ instance, team, member }: Props) {
  const mine = useRole();
  const [asks, setAsks] = useState(false);
  const change = useOperation<TeamInput>(instance.slug, "team", "showInstanceTeam");
  const { email, name, role, state } = member;
  const reason = (act: TeamAct) => reasonOfTeam(act, instance.state, mine, member);
  const ask = (act: Exclude<TeamAct, "invite" | "role">) => change.ask({ do: act, email });
  const belongs = team.of?.items.find(({ id }) => id === member.of)?.label;
  // Roles that need a row are given with the invitation, where it is chosen.
  const given = team.roles.filter((each) => each === role || !team.of?.roles.includes(each));
  const fixed = reason("role");
  return (
    <li className={rows.row}>
      <span>
        <span className={rows.main}>{name ?? email}</span>
        <span className={rows.minor}>{name === undefined ? "" : email}</span>
      </span>
      {fixed !== undefined || role === "" ? (
        <span className={rows.faint} title={fixed}>
          {role || "none"}
          {belongs !== undefined && ` of ${belongs}`}
        </span>
      ) : (
        <NativeSelect
          size="xs"
          aria-label={`Role of ${email}`}
          data={given}
          value={role}
          disabled={change.isPending}
          onChange={(event) => change.ask({ do: "role", email, role: event.currentTarget.value })}
        />
      )}
      <span className={`${rows.faint} ${rows.wide}`}>
        {state === "invited" ? "invited " : state === "blocked" ? "blocked" : "seen "}
        {state !== "blocked" && <When at={state === "invited" ? member.invitedAt : member.lastSignInAt} />}
      </span>
      <Group gap={4} className={rows.end} wrap="nowrap">
        {state === "invited" ? (
          <>
            <Deed label={`Send again to ${email}`} reason={reason("resend")} onClick={() => ask("resend")}>
              Send again
            </Deed>
            <Deed label={`Take back ${email}`} reason={reason("revoke")} onClick={() => setAsks(true)}>
              Take back
            </Deed>
          </>
        ) : (
          <Deed label={`Remove ${email}`} reason={reason("remove")} onClick={() => setAsks(true)}>
            Remove
          </Deed>
        )}
      </Group>
      <OperationRun {...change} />
      <Confirm
        opened={asks}
        onClose={() => setAsks(false)}
        title={state === "invited" ? `Take the invitation of ${email} back?` : `Remove ${email}?`}
        does={state === "invited" ? "Take it back" : "Remove"}
        danger
        isPending={change.isPending}
        error={change.error}
        onConfirm={() => {
          setAsks(false); // how it goes stands in the line
          ask(state === "invited" ? "revoke" : "remove");
        }}
      >
        {state === "invited" ? (
          <Text size="sm">The link in the mail opens nothing any more.</Text>
        ) : (
          <Text size="sm">Their account and sessions end at once. What they made stays.</Text>
        )}
      </Confirm>
    </li>
  );
}

interface DeedProps {
  label: string;
  reason: string | undefined;
  onClick(): void;
  children: string;
}

function Deed({ label, reason, onClick, children }: DeedProps) {
  return (
    <ActButton variant="subtle" size="compact-sm" reason={reason} onClick={onClick} aria-label={label}>
      {children}
    </ActButton>
  );
}
