import { HubProblem } from "@atoll/contract/client";
import type { Backup } from "@atoll/contract/schemas/backups";
import { Checkbox, Stack } from "@mantine/core";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { Confirm } from "../parts/confirm.tsx";

/** Removes a backup for good; the last verified one only after a box is ticked. Asks for the slug. */
export function RemoveDialog({ backup, onClose }: { backup: Backup; onClose(): void }) {
  const { id, instance: slug } = backup;
  const [isForced, setForced] = useState(false);
  const remove = useAct("removeBackup", { said: "The backup is removed.", onDone: onClose });
  const { error } = remove;
  // Whether it is the last one the hub knows: it says so when it refuses.
  const isLast = error instanceof HubProblem && error.problem.field === "force";
  return (
    <Confirm
      opened
      onClose={onClose}
      title={`Remove this backup of ${slug}?`}
      does="Remove"
      typed={slug}
      danger
      isPending={remove.isPending}
      error={error}
      onConfirm={() =>
        remove.mutate({ params: { id }, body: { confirm: slug, ...(isForced && { force: true }) } })
      }
    >
      <Stack gap="md">
        Its files are removed from the storage, and nothing brings them back. That it was there, and who
        removed it, stays in the audit log.
        {(isLast || isForced) && (
          <Checkbox
            label="Remove it although no other one was restored for a trial"
            checked={isForced}
            onChange={(event) => setForced(event.currentTarget.checked)}
          />
        )}
      </Stack>
    </Confirm>
  );
}
