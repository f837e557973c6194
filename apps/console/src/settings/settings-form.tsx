import { HubProblem } from "@atoll/contract/client";
import type { Settings } from "@atoll/contract/schemas/settings";
import { Button, Group, NumberInput, Stack, Switch, TagsInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { hub } from "../hub/client.ts";
import { useRole } from "../hub/me.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Section } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import { reasonOfRole } from "../rules/reasons.ts";
import { ArchivePolicies } from "./archive-policies.tsx";
import { BackupsKept } from "./backups-kept.tsx";
import { CostTable } from "./cost-table.tsx";
import { RunBudgets } from "./run-budgets.tsx";
import { UsagePrices } from "./usage-prices.tsx";

interface SettingsFormProps {
  settings: Settings;
  /** Version of the settings that the form began with: nobody's change is overwritten unseen. */
  etag: string | undefined;
}

/** Requests, alerts and prices. */
export function SettingsForm({ settings, etag }: SettingsFormProps) {
  const [wanted, setWanted] = useState(settings);
  const reason = reasonOfRole(useRole(), "owner");
  const queries = useQueryClient();
  const change = (part: Partial<Settings>) => setWanted((before) => ({ ...before, ...part }));
  const reload = () => queries.invalidateQueries({ queryKey: ["showSettings"] });
  const save = useMutation({
    mutationFn: () =>
      hub.call("changeSettings", { body: wanted }, etag === undefined ? {} : { ifMatch: etag }),
    onSuccess: () => {
      notifications.show({ message: "Saved.", autoClose: 4_000 });
      return reload();
    },
  });
  const isOld = save.error instanceof HubProblem && save.error.problem.status === 412;
  const isOff = reason !== undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isOff) save.mutate();
      }}
    >
      <Stack gap="xl">
        <Section title="Requests">
          <Switch
            label="An asker confirms their address before the request can be approved"
            checked={wanted.confirmEmail}
            disabled={isOff}
            onChange={(event) => change({ confirmEmail: event.currentTarget.checked })}
          />
        </Section>
        <Section title="Mail">
          <TagsInput
            label="Who hears of failures"
            description="Addresses; Enter after each. Nobody named = every owner."
            value={wanted.alertTo}
            disabled={isOff}
            maw={520}
            onChange={(alertTo) => change({ alertTo })}
          />
        </Section>
        <Section title="Removals">
          <NumberInput
            label="Hours that a removal cools off"
            description="Until then it can be cancelled. Empty = 24, and none on the local cloud."
            value={wanted.coolingOffHours ?? ""}
            min={0}
            max={2_160}
            allowDecimal={false}
            disabled={isOff}
            maw={320}
            onChange={(hours) => change({ coolingOffHours: typeof hours === "number" ? hours : undefined })}
          />
        </Section>
        <ArchivePolicies
          policies={wanted.archivePolicy ?? {}}
          isOff={isOff}
          onChange={(archivePolicy) => change({ archivePolicy })}
        />
        {wanted.backups && (
          <BackupsKept keep={wanted.backups} isOff={isOff} onChange={(backups) => change({ backups })} />
        )}
        <RunBudgets
          budgets={wanted.runBudgetsSeconds ?? {}}
          isOff={isOff}
          onChange={(runBudgetsSeconds) => change({ runBudgetsSeconds })}
        />
        <CostTable costs={wanted.costs} isOff={isOff} onChange={(costs) => change({ costs })} />
        <UsagePrices
          prices={wanted.usagePrices ?? []}
          isOff={isOff}
          onChange={(usagePrices) => change({ usagePrices })}
        />
        <Problem error={save.error} />
        <Group gap="xs">
          <ActButton type="submit" reason={reason} loading={save.isPending}>
            Save
          </ActButton>
          {isOld && (
            <Button variant="default" onClick={() => void reload()}>
              Show what is there now
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
