import type { Query } from "./database.ts";
import { type Story, storyAfter } from "./journal/events.ts";

/** Looks at a run's story after `seq`; undefined = there is no such run. */
export type Look = (runId: string, seq: number) => Promise<Story | undefined>;

/**
 * A look that is shared by all who ask for the same before it begins. An event wakes all watchers of a run at once:
 * ten that looked each for itself took 40 statements for it (500 watchers waited 300 ms on 2026-11-21). Nobody joins
 * a look that has begun: it may have missed what rang since.
 */
export function openLook(query: Query): Look {
  const soon = new Map<string, Promise<Story | undefined>>();
  return (runId, seq) => {
    const key = `${runId} ${seq}`;
    const known = soon.get(key);
    if (known !== undefined) return known;
    const look = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      soon.delete(key);
      return storyAfter(query, runId, seq);
    });
    soon.set(key, look);
    return look;
  };
}
