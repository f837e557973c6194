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

/** Asks once more, and says what else a repair sets right: it ensures the whole instance. */
export function RepairDialog({ drift, chosen, onClose, onStarted }: RepairDialogProps) {
  const repair = useAct("repairDrift", { onDone: ({ run }) => onStarted(run) });
  const hasRun = chosen.some((each) => each.repair === "run");
  const others = hasRun
    ? [
        ...drift.items
          .filter((each) => each.repair === "run" && !chosen.some(({ path }) => path === each.path))
          .map(({ path, acceptedBy }) => (acceptedBy === undefined ? path : `${path} (accepted)`)),
        ...drift.besides,
      ]
    : [];
  const body = { paths: chosen.map(({ path }) => path), whole: others.length > 0 };
  return (
    <Confirm
      opened
      onClose={onClose}
      title={`Repair ${drift.instance}?`}
      does={others.length > 0 ? "Repair all of it" : "Repair"}
      isPending={repair.isPending}
      error={repair.error}
      onConfirm={() => repair.mutate({ params: { slug: drift.instance }, body })}
    >
      <Stack gap="sm">
        <Text size="sm">Set right, after a fresh look:</Text>
        <Paths paths={body.paths} />
        {others.length > 0 && (
          <>
            <Text size="sm">A repair ensures the whole instance, so these as well:</Text>
            <Paths paths={others} />
          </>
        )}
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
