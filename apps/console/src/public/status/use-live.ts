import { useEffect, useReducer } from "react";
import { hub, isFinal } from "../../hub/client.ts";
import { reconnecting } from "../../hub/reconnecting.ts";
import { wait } from "../../hub/wait.ts";
import { type AskerEvent, advance, nothingYet, type Progress } from "./progress.ts";

const reduce = (before: Progress, event: AskerEvent | "afresh") =>
  event === "afresh" ? nothingYet : advance(before, event);

/** An asker's run as it happens, while `isOn`; `onRun` is called when the run as a whole moves. */
export function useLive(token: string, isOn: boolean, onRun: () => void): Progress {
  const [progress, tell] = useReducer(reduce, nothingYet);
  useEffect(() => {
    if (!isOn) return;
    const stop = new AbortController();
    const { signal } = stop;
    tell("afresh");
    const open = (after: number | undefined) =>
      hub.follow(
        "followPublicRequest",
        { query: { token } },
        { signal, ...(after !== undefined && { after }) },
      );
    void (async () => {
      for await (const event of reconnecting(open, { wait, signal, isFinal })) {
        tell(event);
        if (event.type === "run") onRun();
      }
    })();
    return () => stop.abort();
  }, [token, isOn]);
  return progress;
}
