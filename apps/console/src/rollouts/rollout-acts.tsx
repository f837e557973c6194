import type { Rollout } from "@atoll/contract/schemas/fleet";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { useRole } from "../hub/me.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Problem } from "../parts/problem.tsx";
import { reasonOfRollout } from "../rules/reasons.ts";

/** Pause, stop, approve, resume; each that cannot be pressed says why. */
export function RolloutActs({ rollout }: { rollout: Rollout }) {
  const role = useRole();
  const [asks, setAsks] = useState(false);
  const params = { params: { id: rollout.id } };
  const pause = useAct("pauseRollout", { said: "Paused: no further database is begun." });
  const resume = useAct("resumeRollout", { said: "It goes on; what failed is tried again." });
  const approve = useAct("approveRollout", { said: "The next wave begins." });
  const stop = useAct("stopRollout", { said: "Stopped.", onDone: () => setAsks(false) });
  const reason = (act: "pause" | "stop" | "approve" | "resume") => reasonOfRollout(act, rollout, role);
  const waits = rollout.state === "awaiting-approval";
  return (
    <>
      <ActButton
        variant="default"
        reason={reason("pause")}
        loading={pause.isPending}
        onClick={() => pause.mutate(params)}
      >
        Pause
      </ActButton>
      <ActButton variant="default" reason={reason("stop")} onClick={() => setAsks(true)}>
        Stop
      </ActButton>
      <ActButton
        variant={waits ? "default" : "filled"}
        reason={reason("resume")}
        loading={resume.isPending}
        onClick={() => resume.mutate(params)}
      >
        Resume
      </ActButton>
      {(rollout.approve || waits) && (
        <ActButton
          variant={waits ? "filled" : "default"}
          reason={reason("approve")}
          loading={approve.isPending}
          onClick={() => approve.mutate(params)}
        >
          Approve next wave
        </ActButton>
      )}
      <Problem error={pause.error ?? resume.error ?? approve.error} />
      <Confirm
        opened={asks}
        onClose={() => setAsks(false)}
        title="Stop this rollout?"
        does="Stop it"
        danger
        isPending={stop.isPending}
        error={stop.error}
        onConfirm={() => stop.mutate(params)}
      >
        Databases that are at work finish what they are doing; no further one is begun. What is done stays
        done. It can be resumed from where it stopped.
      </Confirm>
    </>
  );
}
