import { isOperation } from "@atoll/core/states";
import { Stack } from "@mantine/core";
import { Load } from "../parts/load.tsx";
import { Saying } from "../parts/problem.tsx";
import { useNow } from "../parts/use-now.ts";
import { Timeline } from "./timeline.tsx";
import { isOver, useRun } from "./use-run.ts";

interface RunViewProps {
  id: string;
}

/** A run, live: what stopped it, what it still owes, and its steps in time. */
export function RunView({ id }: RunViewProps) {
  const { query, run, events } = useRun(id);
  const nowMs = useNow(run !== undefined && !isOver(run.state) ? 250 : 0);
  return (
    <Load query={{ ...query, data: run }} lines={8} lineHeight={35}>
      {(shown) => (
        <Stack gap="sm">
          {query.data?.lacksWorker && !isOver(shown.state) && (
            <Saying
              live={false}
              what={`No worker of the environment "${shown.environment}" is there.`}
              next="It goes on by itself as soon as one is started."
            />
          )}
          {shown.fault && (
            <Saying live={false} what={shown.fault.what} next={shown.fault.next} detail={shown.fault.call} />
          )}
          {/* What a later attempt made use of is not owed any more. */}
          {(shown.state === "succeeded" ? [] : shown.owed).map(({ step, fault }) => (
            <Saying
              key={step}
              live={false}
              what={`${isOperation(shown.kind) ? "Not taken back" : "Still there"}: ${step}. ${fault.what}`}
              next={fault.next}
              detail={fault.call}
            />
          ))}
          <Timeline run={shown} events={events} nowMs={nowMs} />
        </Stack>
      )}
    </Load>
  );
}
