import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import autocannon from "autocannon";

/** What a server did under load. */
export interface Round {
  perSecond: number;
  /** Of each call, in milliseconds. */
  tookMs: number[];
}

/** Makes so many calls over connections that stay open, as fast as they are answered. Everything has to be 200. */
export async function load(
  calls: number,
  url: string,
  paths: readonly string[],
  connections: number,
): Promise<Round> {
  const tookMs: number[] = [];
  let firstAt = 0;
  let lastAt = 0;
  const running = autocannon({
    url,
    connections,
    amount: calls,
    requests: paths.map((path) => ({ method: "GET", path })),
  });
  running.on("response", (_client, _status, _bytes, responseTimeMs) => {
    lastAt = performance.now();
    if (firstAt === 0) firstAt = lastAt;
    tookMs.push(responseTimeMs);
  });
  const { errors, timeouts, non2xx } = await running;
  if (errors + timeouts + non2xx > 0)
    throw new Error(`${url}: ${errors} errors, ${timeouts} timeouts, ${non2xx} other answers.`);
  // From the first answer on: opening the connections is not what is measured.
  return { perSecond: ((tookMs.length - 1) / (lastAt - firstAt)) * 1000, tookMs };
}

/** Keeps a process on one core, where the system can do that; says whether it could. */
export function keepOnCore(pid: number | undefined, core: number): boolean {
  if (pid === undefined) return false;
  return spawnSync("taskset", ["-a", "-c", "-p", String(core), String(pid)]).status === 0;
}
