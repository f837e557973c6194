/** Does the work on all items, so many at a time, in their order of beginning. `more` = false begins no further one. */
export async function inPool<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const lane = async () => {
    for (;;) {
      const { done, value } = await iterator.next();
      if (done) return;
      await work(value);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

/** A gate for each name, through which so many go at once; the others wait in turn. */
export function openGates(atOnce: number) {
  const gates = new Map<string, { inside: number; waiting: (() => void)[] }>();
  return async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const gate = gates.get(name) ?? { inside: 0, waiting: [] };
    gates.set(name, gate);
    if (gate.inside >= atOnce) await new Promise<void>((resolve) => gate.waiting.push(resolve));
    else gate.inside += 1;
    try {
      return await work();
    } finally {
      const next = gate.waiting.shift();
      if (next === undefined) gate.inside -= 1;
      else next(); // its place goes on to the next one
    }
  };
}
