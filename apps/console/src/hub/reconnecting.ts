interface Options {
  /** Resolves after so many milliseconds, or at once when the signal says so. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
  signal: AbortSignal;
  /** True for a refusal that asking again does not change. */
  isFinal: (error: unknown) => boolean;
  firstPauseMs?: number;
  longestPauseMs?: number;
}

/** Follows a stream over broken connections: goes on after the last event that came, until the signal or a final refusal. */
export async function* reconnecting<Event extends { seq: number }>(
  open: (after: number | undefined) => AsyncIterable<Event>,
  { wait, signal, isFinal, firstPauseMs = 1_000, longestPauseMs = 20_000 }: Options,
): AsyncGenerator<Event> {
  let last: number | undefined;
  let pauseMs = firstPauseMs;
  while (!signal.aborted) {
    try {
      for await (const event of open(last)) {
        if (signal.aborted) return;
        last = event.seq;
        pauseMs = firstPauseMs;
        yield event;
      }
    } catch (error) {
      if (isFinal(error)) return;
    }
    if (signal.aborted) return;
    await wait(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}
