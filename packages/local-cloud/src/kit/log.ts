/** One request that arrived, without headers, query or body: they may hold secrets. */
interface LoggedCall {
  seq: number;
  at: string;
  provider: string;
  method: string;
  path: string;
  /** 0 = the connection was cut on purpose. */
  status: number;
  /** Changed something at the provider, or tried to. */
  write: boolean;
  durationMs: number;
}

/** The newest requests of all providers. */
export interface RequestLog {
  add(call: Omit<LoggedCall, "seq">): void;
  list(query: { since?: number; provider?: string; writes?: boolean }): LoggedCall[];
  clear(): void;
}

const kept = 100_000;

/** Keeps the newest 100,000 requests in memory. */
export function openLog(): RequestLog {
  let calls: LoggedCall[] = [];
  let seq = 0;
  return {
    add(call) {
      calls.push({ seq: ++seq, ...call });
      if (calls.length > kept * 1.1) calls = calls.slice(-kept);
    },
    list: ({ since = 0, provider, writes = false }) =>
      calls.filter(
        (each) =>
          each.seq > since &&
          (provider === undefined || each.provider === provider) &&
          (!writes || each.write),
      ),
    clear: () => {
      calls = [];
    },
  };
}
