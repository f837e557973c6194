import { type DriftPolicy, repairableAreas } from "@atoll/contract/schemas/drift";
import type { Settings } from "@atoll/contract/schemas/settings";
import { Group, NumberInput, Stack, Switch } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { hub } from "../hub/client.ts";
import { useRole } from "../hub/me.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import { reasonOfRole } from "../rules/reasons.ts";
import { areaWords } from "./words.ts";

const none: DriftPolicy = { areas: {}, repairsADay: 3 };

/** What is repaired by itself: an owner's to say. */
export function Policy() {
  const query = useQuery({
    queryKey: ["showSettings"],
    queryFn: ({ signal }) => hub.callTagged("showSettings", {}, { signal }),
  });
  return (
    <Section
      title="Repaired by itself"
      intro="Nothing is, unless it is switched on here. Data, admins, the vault and the schema never are; what was accepted holds a repair back."
    >
      <Load query={query} lines={3}>
        {({ answer, etag }) => <PolicyForm key={etag} settings={answer} etag={etag} />}
      </Load>
    </Section>
  );
}

function PolicyForm({ settings, etag }: { settings: Settings; etag: string | undefined }) {
  const [wanted, setWanted] = useState(settings.drift ?? none);
  const reason = reasonOfRole(useRole(), "owner");
  const isOff = reason !== undefined;
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: () =>
      hub.call(
        "changeSettings",
        { body: { ...settings, drift: wanted } },
        etag === undefined ? {} : { ifMatch: etag },
      ),
    onSuccess: () => {
      notifications.show({ message: "Saved.", autoClose: 4_000 });
      return queries.invalidateQueries({ queryKey: ["showSettings"] });
    },
  });
  return (
    <Stack gap="md">
      <Group gap="lg">
        {repairableAreas.map((area) => (
          <Switch
            key={area}
            label={areaWords[area]}
            checked={wanted.areas[area] === "repair"}
            disabled={isOff}
            onChange={(event) => {
              const chosen = event.currentTarget.checked ? ("repair" as const) : ("tell" as const);
              setWanted((before) => ({ ...before, areas: { ...before.areas, [area]: chosen } }));
            }}
          />
        ))}
      </Group>
      <NumberInput
        label="Repairs a day of one instance, at most"
        w={320}
        min={1}
        max={24}
        allowDecimal={false}
        disabled={isOff}
        value={wanted.repairsADay}
        onChange={(next) => setWanted((before) => ({ ...before, repairsADay: Number(next) || 1 }))}
      />
      <Problem error={save.error} />
      <Group gap="xs">
        <ActButton reason={reason} loading={save.isPending} onClick={() => save.mutate()}>
          Save
        </ActButton>
      </Group>
    </Stack>
  );
}
