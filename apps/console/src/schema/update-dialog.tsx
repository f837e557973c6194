import type { SchemaOverview } from "@atoll/contract/schemas/fleet";
import {
  Button,
  Checkbox,
  Group,
  Modal,
  NativeSelect,
  NumberInput,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { useEnvironments } from "../hub/environments.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Load } from "../parts/load.tsx";
import { Problem } from "../parts/problem.tsx";
import { percentsOf, waveSizes } from "../rollouts/waves.ts";
import { Findings, Rehearsed } from "./findings.tsx";
import { pendingOf, reasonAgainst, slugsIn } from "./plan.ts";

interface UpdateDialogProps {
  kind: SchemaOverview["blueprints"][number];
  onClose(): void;
}

/** Asks how carefully all that are behind are brought up, with what the rules and a rehearsal say; then begins. */
export function UpdateDialog({ kind, onClose }: UpdateDialogProps) {
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={`Update ${kind.blueprint} to version ${kind.newest}?`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Plan kind={kind} onClose={onClose} />
    </Modal>
  );
}

function Plan({ kind: { blueprint }, onClose }: UpdateDialogProps) {
  const environments = useEnvironments();
  const [chosen, setEnvironment] = useState<string>();
  const environment = chosen ?? environments[0];
  const [canary, setCanary] = useState("");
  const [waves, setWaves] = useState("10, 50, 100");
  const [budget, setBudget] = useState<number | string>(2);
  const [approve, setApprove] = useState(false);
  const behind = useQuery(
    read("listSchemas", { query: { blueprint, only: "behind", environment, limit: 500 } }),
  );
  const lint = useQuery(read("lintSchema", { params: { blueprint } }));
  const rehearsal = useQuery({
    ...read("rehearseSchema", { params: { blueprint }, body: {} }),
    retry: false,
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  });
  const navigate = useNavigate();
  const start = useAct("startRollout", {
    onDone: ({ id }) => void navigate({ to: "/rollouts/$id", params: { id } }),
  });
  const percents = percentsOf(waves);
  const slugs = slugsIn(canary);
  const items = behind.data?.items ?? [];
  const findings = lint.data && pendingOf(lint.data.findings, items);
  const reason = reasonAgainst({
    behind: behind.data && items.length,
    percents,
    findings,
    rehearsal: rehearsal.data,
    rehearsalFailed: rehearsal.error !== null,
  });
  const errorBudget = budget === "" ? 2 : Number(budget);
  return (
    <Stack gap="md">
      {environments.length > 0 && (
        <NativeSelect
          label="Environment"
          value={environment}
          data={[...environments]}
          onChange={(event) => setEnvironment(event.currentTarget.value)}
        />
      )}
      <Load query={behind} lines={1}>
        {({ nextCursor }) => (
          <Text size="sm">
            {nextCursor === undefined ? items.length : `More than ${items.length}`}{" "}
            {items.length === 1 ? "instance is" : "instances are"} behind
            {nextCursor === undefined && percents && items.length > 1
              ? `: ${waveSizes(items.length, slugs?.length ?? 1, percents).join(", then ")}.`
              : "."}
          </Text>
        )}
      </Load>
      <TextInput
        label="Canary"
        description="Goes first; where it fails, nothing else is begun. Slugs, divided by commas; empty: the oldest live one."
        value={canary}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setCanary(event.currentTarget.value)}
      />
      <TextInput
        label="Waves"
        description="Shares of the fleet in percent that are through after each wave."
        value={waves}
        error={percents === undefined && "Write numbers from 0.1 to 100, as in 10, 50, 100."}
        onChange={(event) => setWaves(event.currentTarget.value)}
      />
      <NumberInput
        label="Error budget"
        description={`Percent of all that may fail: ${Math.floor((items.length * errorBudget) / 100)} of ${items.length}. One more stops it.`}
        value={budget}
        min={0}
        max={100}
        onChange={setBudget}
      />
      <Checkbox
        label="Wait for somebody's approval between waves"
        checked={approve}
        onChange={(event) => setApprove(event.currentTarget.checked)}
      />
      <Load query={lint} lines={1}>
        {() => findings && <Findings findings={findings} />}
      </Load>
      <div aria-live="polite">
        <Load query={rehearsal} lines={1}>
          {(shown) => <Rehearsed rehearsal={shown} />}
        </Load>
      </div>
      <Problem error={start.error} />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Not yet
        </Button>
        <ActButton
          loading={start.isPending}
          reason={reason}
          onClick={() =>
            start.mutate({
              body: { blueprint, environment, canary: slugs, waves: percents, errorBudget, approve },
            })
          }
        >
          Begin
        </ActButton>
      </Group>
    </Stack>
  );
}
