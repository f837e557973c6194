import { ended, type RunState } from "@atoll/core/states";
import { type UseQueryResult, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useReducer } from "react";
import { hub, isFinal } from "../hub/client.ts";
import { read } from "../hub/read.ts";
import { reconnecting } from "../hub/reconnecting.ts";
import { wait } from "../hub/wait.ts";
import { advance, type RunWithSteps } from "./advance.ts";
import type { RunEvent } from "./segments.ts";

export const isOver = (state: RunState): boolean => ended.includes(state);

const add = (before: readonly RunEvent[], event: RunEvent | "afresh") =>
  event === "afresh" ? [] : [...before, event];

/** A run as it happens: what the hub answered, and every event since its beginning. Goes on over broken connections. */
export function useRun(id: string): {
  query: UseQueryResult<RunWithSteps>;
  run?: RunWithSteps;
  events: readonly RunEvent[];
} {
  const queries = useQueryClient();
  const query = useQuery({
    ...read("showRun", { params: { id } }),
    // Events tell what workers do; that one is missing, or has come, nobody tells.
    refetchInterval: ({ state: { data } }) =>
      data === undefined || isOver(data.state) ? false : data.lacksWorker ? 2_000 : 15_000,
  });
  const { data } = query;
  const [events, tell] = useReducer(add, []);
  const isLive = data !== undefined && !isOver(data.state);
  const isKnown = data !== undefined;
  useEffect(() => {
    if (!isKnown) return;
    const stop = new AbortController();
    const { signal } = stop;
    tell("afresh");
    const open = (after: number | undefined) =>
      hub.follow("followRun", { params: { id } }, { signal, ...(after !== undefined && { after }) });
    // Of a run that is over the events come once; one that goes on is followed over every break.
    const stream = isLive ? reconnecting(open, { wait, signal, isFinal }) : open(undefined);
    void (async () => {
      for await (const event of stream) {
        if (signal.aborted) return;
        tell(event);
        // What it owes, its attempt, its end: only the hub's own answer has all of it.
        if (isLive && event.type === "run") void queries.invalidateQueries({ queryKey: ["showRun"] });
      }
    })().catch(() => undefined); // without its history a run that is over still shows its steps
    return () => stop.abort();
  }, [id, isKnown, isLive, queries]);
  const run = useMemo(() => {
    if (data === undefined || !isLive) return data;
    return events.reduce(advance, data);
  }, [data, events, isLive]);
  return { query, events, ...(run && { run }) };
}
