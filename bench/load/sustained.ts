import autocannon from "autocannon";
import { type Spread, spreadOf } from "../kit/figures.ts";

/** What a hub did under a load that goes on. */
export interface Sustained {
  calls: number;
  seconds: number;
  tookMs: Spread;
  /** Connections that broke, answers that did not come, and answers other than 2xx. */
  errors: number;
  timeouts: number;
  others: number;
}

/** Calls the paths in turn at so many a second, for so long. */
export async function sustain(
  url: string,
  key: string,
  paths: readonly string[],
  { perSecond, seconds, connections }: { perSecond: number; seconds: number; connections: number },
): Promise<Sustained> {
  const tookMs: number[] = [];
  const headers = { authorization: `Bearer ${key}` };
  const running = autocannon({
    url,
    connections,
    duration: seconds,
    overallRate: perSecond,
    requests: paths.map((path) => ({ method: "GET", path, headers })),
  });
  running.on("response", (_client, _status, _bytes, responseTimeMs) => tookMs.push(responseTimeMs));
  const { errors, timeouts, non2xx } = await running;
  return { calls: tookMs.length, seconds, tookMs: spreadOf(tookMs), errors, timeouts, others: non2xx };
}
