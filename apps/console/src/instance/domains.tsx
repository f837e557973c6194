import type { InstanceDomain } from "@atoll/contract/schemas/domains";
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import { reasonOfRole } from "../rules/reasons.ts";
import type { InstanceDetails } from "./details.ts";
import { DomainCard } from "./domains-card.tsx";
import { OperationRun, useOperation } from "./operation-run.tsx";

const isSettled = ({ state }: InstanceDomain) => state === "live";

/** Custom domains of an instance's site: what to set in their DNS, and how they are. */
export function Domains({ instance: { slug, state } }: { instance: InstanceDetails }) {
  const query = useQuery({
    ...read("listDomains", { params: { slug } }),
    refetchInterval: ({ state: { data } }) => (data?.items.every(isSettled) ? 30_000 : 3_000),
  });
  const role = useRole();
  const mayAct = ["live", "paused", "failed"].includes(state);
  const reason = mayAct ? reasonOfRole(role, "operator") : `It is ${state}: its domains stay as they are.`;
  return (
    <Section
      title="Domains"
      intro="The client's own domains. Sign-ins and resolvers follow once the DNS leads here; until then nothing changes."
    >
      <Load query={query} lines={3}>
        {({ items, address }) => (
          <Stack gap="lg">
            {items.length === 0 && (
              <Text size="sm" c="dimmed">
                None yet{address === undefined ? "." : `: it answers at ${address}.`}
              </Text>
            )}
            {items.map((domain) => (
              <DomainCard key={domain.domain} slug={slug} domain={domain} reason={reason} />
            ))}
            {reason === undefined && <AddDomain slug={slug} />}
          </Stack>
        )}
      </Load>
    </Section>
  );
}

function AddDomain({ slug }: { slug: string }) {
  const [domain, setDomain] = useState("");
  const add = useOperation(slug, "domain", "listDomains", () => setDomain(""));
  const typed = domain.trim();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typed !== "") add.ask({ do: "add", domain: typed });
      }}
    >
      <Group gap="sm" align="end">
        <TextInput
          label="Another domain"
          placeholder="www.example.org"
          maxLength={300}
          value={domain}
          onChange={(event) => setDomain(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
        />
        <Button type="submit" variant="default" loading={add.isPending} disabled={typed === ""}>
          Add domain
        </Button>
      </Group>
      <OperationRun {...add} />
    </form>
  );
}
