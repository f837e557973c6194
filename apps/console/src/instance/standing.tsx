import type { InstanceState } from "@atoll/core/states";
import { Alert } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { read } from "../hub/read.ts";
import { TextLink } from "../parts/links.tsx";
import { CoolingOff } from "../runs/cooling-off.tsx";
import type { InstanceDetails } from "./details.ts";

const words: Partial<Record<InstanceState, { title: string; next: string }>> = {
  paused: {
    title: "It is paused.",
    next: "Visitors read that it comes back; its data and sign-ins are kept. Resume sets it going again.",
  },
  archived: {
    title: "It was archived.",
    next: "Its things were removed or put away, and its addresses answer that it has closed. Repair makes them anew; Destroy removes what is left.",
  },
};

/** What stands still, was put away or is about to go, and what to do next. Nothing of an instance that goes on. */
export function Standing({ instance: { state, run } }: { instance: InstanceDetails }) {
  const said = words[state];
  if (said !== undefined)
    return (
      <Alert color="gray" title={said.title}>
        {said.next}
      </Alert>
    );
  return state === "removing" && run !== undefined ? <Cooling run={run} /> : null;
}

function Cooling({ run: id }: { run: string }) {
  const { data: run } = useQuery({
    ...read("showRun", { params: { id } }),
    refetchInterval: 5_000,
  });
  if (run === undefined) return null;
  return (
    <CoolingOff run={run}>
      <TextLink to="/runs/$id" params={{ id }} size="sm">
        Cancel it on the run's page.
      </TextLink>
    </CoolingOff>
  );
}
