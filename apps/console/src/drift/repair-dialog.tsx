import { HubProblem } from "@atoll/contract/client";
import type { DriftItem, InstanceDrift } from "@atoll/contract/schemas/drift";
import { List, Stack, Text } from "@mantine/core";
import { useAct } from "../hub/act.ts";
import { Confirm } from "../parts/confirm.tsx";

interface RepairDialogProps {
  drift: InstanceDrift;
  chosen: readonly DriftItem[];
  onClose(): void;
  /** The run's id; undefined where only keys of the vault were put back. */
  onStarted(run: string | undefined): void;
}

/** Asks once more. Where more differs in the steps of what was chosen, the hub names it, and a second yes means all. */
export function RepairDialog({ drift, chosen, onClose, onStarted }: RepairDialogProps) {
  const repair = useAct("repairDrift", { onDone: ({ run }) => onStarted(run) });
  const paths = chosen.map(({ path }) => path);
  const isMore = repair.error instanceof HubProblem && repair.error.problem.field === "whole";
  return (
    <Confirm
      opened
      onClose={onClose}
      title={`Repair ${drift.instance}?`}
      does={isMore ? "Repair all of it" : "Repair"}
      isPending={repair.isPending}
      error={repair.error}
      onConfirm={() => repair.mutate({ params: { slug: drift.instance }, body: { paths, whole: isMore } })}
    >
      <Stack gap="sm">
        <Text size="sm">Set right, after a fresh look:</Text>
        <Paths paths={paths} />
      </Stack>
    </Confirm>
  );
}

function Paths({ paths }: { paths: readonly string[] }) {
  return (
    <List size="sm">
      {paths.map((path) => (
        <List.Item key={path} style={{ overflowWrap: "anywhere" }}>
          {path}
        </List.Item>
      ))}
    </List>
  );
}
