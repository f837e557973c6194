import type { OperationKind } from "@atoll/core/states";
import { ended } from "@atoll/core/states";
import { Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useAct } from "../hub/act.ts";
import { read } from "../hub/read.ts";
import { TextLink } from "../parts/links.tsx";
import { Problem, Saying } from "../parts/problem.tsx";

/** Does an operation by a run and follows it to its end; then `reads` are read again. */
export function useOperation<Input extends Record<string, unknown> = Record<string, unknown>>(
  slug: string,
  kind: OperationKind,
  reads: string,
  onDone: () => void = () => {},
) {
  const [id, setId] = useState<string>();
  const queries = useQueryClient();
  const start = useAct("startRun", { onDone: (run) => setId(run.id) });
  const { data: run } = useQuery({
    ...read("showRun", { params: { id: id ?? "" } }),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data && ended.includes(state.data.state) ? false : 500),
  });
  const isOver = run !== undefined && ended.includes(run.state);
  const succeeded = run?.state === "succeeded";
  useEffect(() => {
    if (!isOver) return;
    void queries.invalidateQueries({ queryKey: [reads] });
    if (succeeded) onDone();
  }, [isOver, id]);
  return {
    run,
    error: start.error,
    isPending: start.isPending || (id !== undefined && !isOver),
    ask: (input: Input) => {
      setId(undefined);
      start.mutate({ params: { slug }, body: { kind, input } });
    },
  };
}

/** How the newest run goes: nothing once it went well. */
export function OperationRun({ run, error, isPending }: Omit<ReturnType<typeof useOperation>, "ask">) {
  if (error !== null) return <Problem error={error} />;
  if (run === undefined || run.state === "succeeded") return null;
  if (isPending)
    return (
      <Text size="sm" c="dimmed" role="status">
        Under way: <TextLink to="/runs/$id" params={{ id: run.id }} inherit>{`run ${run.number}`}</TextLink>
        {run.lacksWorker && " waits for a worker."}
      </Text>
    );
  const fault = run.steps.find((step) => step.fault !== undefined)?.fault ?? run.fault;
  return <Saying what={fault?.what ?? `The run was ${run.state}.`} next={fault?.next} />;
}
