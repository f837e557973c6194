import { setTimeout as sleep } from "node:timers/promises";
import { DBOS } from "@dbos-inc/dbos-sdk";
import type { Runtime } from "./runtime.ts";

/** Longest wait that a worker which takes over begins anew. */
export const longestAtOnceMs = 30_000;

/**
 * A durable wait inside a workflow. The SDK's own sleep ends at a time of the clock on the wall of whoever began it: where
 * that clock runs ahead, a worker that takes over slept for the difference (minutes, with `npm run chaos -- --seed 4`).
 */
export async function rest(rt: Pick<Runtime, "mayBegin">, waitMs: number): Promise<void> {
  for (let leftMs = waitMs; leftMs > 0; leftMs -= longestAtOnceMs)
    await DBOS.runStep(
      async () => {
        await sleep(Math.min(leftMs, longestAtOnceMs));
        await rt.mayBegin();
      },
      { name: "rest" },
    );
}
