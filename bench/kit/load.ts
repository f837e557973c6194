import { spawnSync } from "node:child_process";
import autocannon from "autocannon";

/** What a server did under load. */
export interface Round {
  perSecond: number;
  /** Of each call, in milliseconds. */
  tookMs: number[];
}

/** Asks for these paths over connections that stay open, as fast as it is answered. Everything has to be 200. */
export async function loadFor(
  seconds: number,
  url: string,
  paths: readonly string[],
  connections: number,
): Promise<Round> {
  const tookMs: number[] = [];
  const running = autocannon({
    url,
    connections,
    duration: seconds,
    requests: paths.map((path) => ({ method: "GET", path })),
  });
  running.on("response", (_client, _status, _bytes, responseTimeMs) => tookMs.push(responseTimeMs));
  const { errors, timeouts, non2xx, duration, "2xx": good } = await running;
  if (errors + timeouts + non2xx > 0)
    throw new Error(`${url}: ${errors} errors, ${timeouts} timeouts, ${non2xx} other answers.`);
  return { perSecond: good / duration, tookMs };
}

/** Keeps a process on one core, where the system can do that; says whether it could. */
export function keepOnCore(pid: number | undefined, core: number): boolean {
  if (pid === undefined) return false;
  return spawnSync("taskset", ["-a", "-c", "-p", String(core), String(pid)]).status === 0;
}
