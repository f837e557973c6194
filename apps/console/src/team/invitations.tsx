import { type Role, roles } from "@atoll/contract/schemas/account";
import { Group, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { When } from "../parts/when.tsx";
import { reasonOfRole } from "../rules/reasons.ts";

/** Who was invited and has not come yet; and the form that invites. */
export function Invitations() {
  const role = useRole();
  const query = useQuery(read("listInvitations", {}));
  const revoke = useAct("revokeInvitation", { said: "Taken back." });
  const reason = reasonOfRole(role, "owner");
  return (
    <Section title="Invitations" intro="Each goes out by mail and holds for a few days.">
      <Invite reason={reason} />
      <Problem error={revoke.error} />
      <Load query={query} lines={1}>
        {({ items }) =>
          items.length > 0 && (
            <Rows
              label="Invitations"
              columns="minmax(0, 1.5fr) 130px minmax(0, 1fr) 130px 100px"
              heads={["To", "Role", "By", "Ends", ""]}
            >
              {items.map(({ id, email, role: given, invitedBy, expiresAt }) => (
                <li key={id} className={rows.row}>
                  <span className={rows.main}>{email}</span>
                  <span className={rows.faint}>{given}</span>
                  <span className={`${rows.minor} ${rows.wide}`}>{invitedBy}</span>
                  <span className={`${rows.faint} ${rows.wide}`}>
                    <When at={expiresAt} />
                  </span>
                  <span className={rows.end}>
                    <ActButton
                      variant="subtle"
                      color="red"
                      size="compact-sm"
                      reason={reason}
                      onClick={() => revoke.mutate({ params: { id } })}
                    >
                      Take back
                    </ActButton>
                  </span>
                </li>
              ))}
            </Rows>
          )
        }
      </Load>
    </Section>
  );
}

function Invite({ reason }: { reason: string | undefined }) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const invite = useAct("invite", { said: "Invited; the mail is on its way.", onDone: () => setEmail("") });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (reason === undefined) invite.mutate({ body: { email, role } });
      }}
    >
      <Group gap="xs" align="flex-end">
        <TextInput
          label="E-mail"
          type="email"
          size="sm"
          required
          withAsterisk={false}
          maxLength={320}
          w={{ base: "100%", xs: 280 }}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <NativeSelect
          label="Role"
          size="sm"
          data={[...roles]}
          value={role}
          onChange={(event) => setRole(roles.find((each) => each === event.currentTarget.value) ?? "viewer")}
        />
        <ActButton type="submit" size="sm" reason={reason} loading={invite.isPending}>
          Invite
        </ActButton>
      </Group>
      <Problem error={invite.error} />
    </form>
  );
}
