import { Stack } from "@mantine/core";
import { useRole } from "../hub/me.ts";
import { Page } from "../parts/page.tsx";
import { isAtLeast } from "../rules/reasons.ts";
import { Invitations } from "./invitations.tsx";
import { Keys } from "./keys.tsx";
import { Members } from "./members.tsx";
import { TwoFactor } from "./two-factor.tsx";

/** People, who is invited, machines' keys, and one's own second factor. */
export function TeamPage() {
  const role = useRole();
  return (
    <Page
      title="Team"
      intro="A viewer looks; an operator acts on requests and instances; an owner on people, keys and secrets, too."
    >
      <Stack gap="xl">
        <Members />
        <Invitations />
        {isAtLeast(role, "owner") && <Keys />}
        <TwoFactor />
      </Stack>
    </Page>
  );
}
