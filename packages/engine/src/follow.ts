import pg from "pg";
import { eventsChannel } from "./journal/events.ts";

/** Wakes those who wait for news of a run. */
export interface Bell {
  /** Call it before you look. Resolves at the run's next event, or after `atMostMs`: a lost connection only makes it slower. */
  next(runId: string, atMostMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Listens on one connection for the news of all runs; connects when it is first asked, and again when lost. */
export function openBell(databaseUrl: string): Bell {
  const waiting = new Map<string, Set<() => void>>();
  let client: Promise<pg.Client> | undefined;
  let closed = false;

  async function connect(): Promise<pg.Client> {
    const made = new pg.Client({ connectionString: databaseUrl, application_name: "atoll-events" });
    made.on("error", () => {
      client = undefined;
    });
    made.on("end", () => {
      client = undefined;
    });
    made.on("notification", (message) => {
      for (const wake of [...(waiting.get(message.payload ?? "") ?? [])]) wake();
    });
    await made.connect();
    await made.query(`listen ${eventsChannel}`);
    return made;
  }

  function wakeAll(): void {
    for (const wakers of [...waiting.values()]) for (const wake of [...wakers]) wake();
  }

  return {
    next(runId, atMostMs) {
      if (closed) return Promise.resolve();
      const rung = new Promise<void>((resolve) => {
        const wakers = waiting.get(runId) ?? new Set();
        waiting.set(runId, wakers);
        const timer = setTimeout(wake, atMostMs);
        function wake(): void {
          clearTimeout(timer);
          wakers.delete(wake);
          if (wakers.size === 0) waiting.delete(runId);
          resolve();
        }
        wakers.add(wake);
      });
      if (client === undefined) {
        client = connect();
        // What was told before we listened is looked up: everybody looks once more.
        client.then(wakeAll, () => {
          client = undefined;
        });
      }
      return rung;
    },
    async close() {
      closed = true;
      wakeAll();
      const open = await client?.catch(() => undefined);
      await open?.end();
    },
  };
}
