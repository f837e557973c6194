import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import { Rows } from "../parts/rows.tsx";
import { reasonOfRole } from "../rules/reasons.ts";
import type { InstanceDetails } from "./details.ts";
import { VaultForm } from "./vault-form.tsx";
import { VaultRow } from "./vault-row.tsx";

/** The instance's own settings and keys of other services, as the hub left them and as they stand there. */
export function Vault({ instance: { slug, state } }: { instance: InstanceDetails }) {
  const role = useRole();
  const isGone = state === "removed";
  const query = useQuery({ ...read("readVault", { params: { slug } }), enabled: !isGone, retry: false });
  const [adds, setAdds] = useState(false);
  const reason = isGone ? "It is removed: it has no vault." : reasonOfRole(role, "operator");
  return (
    <Section
      title="Vault"
      intro="What the application reads while it runs, and keys of other services. Its administrators may change it, too: what differs is shown with both sides."
      actions={
        <ActButton variant="default" reason={reason} onClick={() => setAdds(true)}>
          Add a key
        </ActButton>
      }
    >
      {isGone ? (
        <Text size="sm" c="dimmed">
          It went with the instance.
        </Text>
      ) : (
        <Load query={query} lines={8}>
          {({ items }) => (
            <Stack gap="md">
              <Text size="sm" aria-live="polite">
                {summary(items.filter((each) => each.state !== "same").length, items.length)}
              </Text>
              <Rows label="Vault" columns="minmax(0, 1fr) auto">
                {items.map((entry) => (
                  <VaultRow key={entry.key} slug={slug} entry={entry} reason={reason} />
                ))}
              </Rows>
            </Stack>
          )}
        </Load>
      )}
      {adds && <VaultForm slug={slug} onClose={() => setAdds(false)} />}
    </Section>
  );
}

function summary(different: number, all: number): string {
  if (all === 0) return "It is empty.";
  if (different === 0) return "Both sides say the same.";
  return different === 1
    ? "One key differs: say which side wins."
    : `${different} keys differ: say which side wins.`;
}
