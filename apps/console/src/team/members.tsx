import { roles } from "@atoll/contract/schemas/account";
import type { Answer } from "@atoll/contract/types";
import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { meQuery, useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { When } from "../parts/when.tsx";
import { reasonOfRole } from "../rules/reasons.ts";

type Member = Answer<"listMembers">["items"][number];

/** People who may sign in. */
export function Members() {
  const query = useQuery(read("listMembers", {}));
  return (
    <Section title="People">
      <Load query={query} lines={3} lineHeight={56}>
        {({ items }) => (
          <Rows
            label="People"
            columns="minmax(0, 1.5fr) 130px 130px 130px 90px"
            heads={["Who", "Role", "Second factor", "Seen", ""]}
          >
            {items.map((member) => (
              <MemberLine key={member.id} member={member} isLastOwner={isLastOwner(items, member)} />
            ))}
          </Rows>
        )}
      </Load>
    </Section>
  );
}

const isLastOwner = (all: readonly Member[], { role }: Member) =>
  role === "owner" && all.filter((each) => each.role === "owner").length === 1;

function MemberLine({ member, isLastOwner }: { member: Member; isLastOwner: boolean }) {
  const role = useRole();
  const { data: me } = useQuery(meQuery);
  const [asks, setAsks] = useState(false);
  const change = useAct("changeRole", { said: "Role changed." });
  const remove = useAct("removeMember", { said: "Access taken away.", onDone: () => setAsks(false) });
  const params = { id: member.id };
  const isMe = me?.id === member.id;
  const reason =
    reasonOfRole(role, "owner") ??
    (isLastOwner ? "The last owner stays: name another one first." : undefined);
  return (
    <li className={rows.row}>
      <span>
        <span className={rows.main}>
          {member.name}
          {isMe && " (you)"}
        </span>
        <span className={rows.minor}>{member.email}</span>
      </span>
      {reason !== undefined ? (
        <span className={rows.faint} title={reason}>
          {member.role}
        </span>
      ) : (
        <NativeSelect
          size="xs"
          aria-label={`Role of ${member.name}`}
          data={[...roles]}
          value={member.role}
          disabled={change.isPending}
          onChange={(event) => {
            const next = roles.find((each) => each === event.currentTarget.value);
            if (next) change.mutate({ params, body: { role: next } });
          }}
        />
      )}
      <span className={`${rows.faint} ${rows.wide}`}>{member.twoFactor ? "on" : "off"}</span>
      <span className={`${rows.faint} ${rows.wide}`}>
        <When at={member.lastSeenAt} />
      </span>
      <span className={rows.end}>
        <ActButton
          variant="subtle"
          color="red"
          size="compact-sm"
          reason={reason}
          onClick={() => setAsks(true)}
        >
          Remove
        </ActButton>
      </span>
      <Problem error={change.error} />
      <Confirm
        opened={asks}
        onClose={() => setAsks(false)}
        title={`Take ${member.name}'s access away?`}
        does="Take it away"
        danger
        isPending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate({ params })}
      >
        Their sessions end at once. What they did stays in the audit log.
      </Confirm>
    </li>
  );
}
