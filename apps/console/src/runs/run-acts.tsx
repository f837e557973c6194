import type { Run } from "@atoll/contract/schemas/run";
import { isOperation } from "@atoll/core/states";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { useRole } from "../hub/me.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Problem } from "../parts/problem.tsx";
import { reasonOfRun } from "../rules/reasons.ts";
import { isOver } from "../timeline/use-run.ts";

/** Cancel, retry, retry undo. */
export function RunActs({ run }: { run: Run }) {
  const role = useRole();
  const [asks, setAsks] = useState(false);
  const params = { params: { id: run.id } };
  const cancel = useAct("cancelRun", { said: "Cancelled.", onDone: () => setAsks(false) });
  const retry = useAct("retryRun", { said: "It goes on from where it stopped." });
  const retryUndo = useAct("retryUndo", { said: "Undoing goes on." });
  return (
    <>
      {!isOver(run.state) && (
        <ActButton variant="default" reason={reasonOfRun("cancel", run, role)} onClick={() => setAsks(true)}>
          Cancel
        </ActButton>
      )}
      {run.owed.length > 0 && run.state !== "succeeded" && (
        <ActButton
          variant="default"
          reason={reasonOfRun("retryUndo", run, role)}
          loading={retryUndo.isPending}
          onClick={() => retryUndo.mutate(params)}
        >
          Retry undo
        </ActButton>
      )}
      {(run.state === "failed" || run.state === "cancelled") && (
        <ActButton
          reason={reasonOfRun("retry", run, role)}
          loading={retry.isPending}
          onClick={() => retry.mutate(params)}
        >
          Retry
        </ActButton>
      )}
      <Problem error={retry.error ?? retryUndo.error} />
      <Confirm
        opened={asks}
        onClose={() => setAsks(false)}
        title="Cancel this run?"
        does="Cancel the run"
        danger
        isPending={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate(params)}
      >
        {run.kind === "destroy" && run.state === "waiting"
          ? "Nothing was removed yet: the instance stays, just as it was."
          : isOperation(run.kind)
            ? "What it did is taken back where that can be done."
            : run.kind === "provision"
              ? "What a first provisioning has made is removed again. It can be provisioned anew afterwards."
              : "Steps that are at work finish what they are doing; nothing new begins. The run can be retried from where it stopped."}
      </Confirm>
    </>
  );
}
