import type { TeamMember } from "@atoll/contract/schemas/team";
import { ended } from "@atoll/core/states";
import { Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useAct } from "../hub/act.ts";
import { read } from "../hub/read.ts";
import { TextLink } from "../parts/links.tsx";
import { Problem, Saying } from "../parts/problem.tsx";
import type { TeamAct } from "./team-rules.ts";

/** What is asked for, as `startRun` takes it. */
interface TeamInput {
  do: TeamAct;
  email: TeamMember["email"];
  role?: string;
  name?: string;
  of?: string;
}

/** Changes a team by a run, and follows it to its end; then the page is read again. */
export function useTeamRun(slug: string, onDone: () => void = () => {}) {
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
    void queries.invalidateQueries({ queryKey: ["showInstanceTeam"] });
    if (succeeded) onDone();
  }, [isOver, id]);
  return {
    run,
    error: start.error,
    isPending: start.isPending || (id !== undefined && !isOver),
    ask: (input: TeamInput) => {
      setId(undefined);
      start.mutate({ params: { slug }, body: { kind: "team", input: { ...input } } });
    },
  };
}

/** How the newest change of the team goes: nothing once it went well. */
export function TeamRun({ run, error, isPending }: Omit<ReturnType<typeof useTeamRun>, "ask">) {
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
