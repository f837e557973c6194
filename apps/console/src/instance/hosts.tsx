import type { Answer } from "@atoll/contract/types";
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Facts } from "../parts/facts.tsx";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import { When } from "../parts/when.tsx";
import { reasonOfRole } from "../rules/reasons.ts";

type Shown = Answer<"listHosts">;

const stateWords: Record<Shown["state"], string> = {
  live: "The instance answers visitors.",
  paused: "They are told that it is paused.",
  archived: "They are told that it was archived.",
  unknown: "Nothing: it is not live yet, switched off, or removed.",
};

/** Hosts that lead to an instance, and what visitors find there. */
export function Hosts({ slug }: { slug: string }) {
  const query = useQuery(read("listHosts", { params: { slug } }));
  return (
    <Section
      title="Hosts"
      intro="Addresses that a resolver leads here. An owner who adds one vouches for it."
    >
      <Load query={query} lines={2}>
        {(shown) => <HostLines slug={slug} shown={shown} />}
      </Load>
    </Section>
  );
}

function HostLines({ slug, shown }: { slug: string; shown: Shown }) {
  const { state, own, items } = shown;
  const reason = reasonOfRole(useRole(), "owner");
  const remove = useAct("removeHost", { said: "The host leads nowhere now." });
  return (
    <Stack gap="sm">
      <Facts
        facts={[
          ["Visitors find", stateWords[state]],
          ["Subdomain", own],
          ...items.map(
            ({ host, verifiedAt }) =>
              [
                host,
                <Group key={host} gap="sm">
                  <Text size="sm" component="span">
                    {verifiedAt === null ? (
                      "not verified: leads nowhere"
                    ) : (
                      <>
                        since <When at={verifiedAt} />
                      </>
                    )}
                  </Text>
                  <ActButton
                    variant="default"
                    size="compact-xs"
                    reason={reason}
                    loading={remove.isPending && remove.variables?.params.host === host}
                    onClick={() => remove.mutate({ params: { slug, host } })}
                  >
                    Remove {host}
                  </ActButton>
                </Group>,
              ] as const,
          ),
        ]}
      />
      <Problem error={remove.error} />
      {reason === undefined && <AddHost slug={slug} />}
    </Stack>
  );
}

function AddHost({ slug }: { slug: string }) {
  const [host, setHost] = useState("");
  const add = useAct("addHost", { said: "The host leads here now.", onDone: () => setHost("") });
  const typed = host.trim();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typed !== "") add.mutate({ params: { slug, host: typed } });
      }}
    >
      <Group gap="sm" align="end">
        <TextInput
          label="Another host"
          placeholder="www.example.org"
          value={host}
          onChange={(event) => setHost(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
        />
        <Button type="submit" variant="default" loading={add.isPending} disabled={typed === ""}>
          Add
        </Button>
      </Group>
      <Problem error={add.error} />
    </form>
  );
}
