import { type Clock, systemClock } from "./clock.ts";

interface CoalesceOptions<Key, Value> {
  /** Least time between the starts of two reads, in milliseconds; asked anew before each. */
  tickMs: () => number;
  /** Reads what was asked for within one tick. A key that is not in the answer is not there. */
  read(keys: readonly Key[]): Promise<Map<Key, Value>>;
  clock?: Clock;
}

/** How long the first asker waits for others that ask at the same moment, in milliseconds. */
const gatherMs = 10;

/**
 * Joins reads of the same kind: all who ask within one tick share one read, which starts after the last of them
 * asked, so nobody gets an answer older than the question. Who asks alone waits for nobody.
 */
export function coalesce<Key, Value>(
  options: CoalesceOptions<Key, Value>,
): (key: Key) => Promise<Value | undefined> {
  const clock = options.clock ?? systemClock;
  let lastStart = Number.NEGATIVE_INFINITY;
  let gathering: { keys: Set<Key>; read: Promise<Map<Key, Value>> } | undefined;

  async function gather(keys: Set<Key>): Promise<Map<Key, Value>> {
    await clock.sleep(Math.max(gatherMs, lastStart + options.tickMs() - clock.now()));
    lastStart = clock.now();
    gathering = undefined;
    return await options.read([...keys]);
  }

  return async (key) => {
    if (!gathering) {
      const keys = new Set<Key>();
      gathering = { keys, read: gather(keys) };
    }
    const { keys, read } = gathering;
    keys.add(key);
    return (await read).get(key);
  };
}
