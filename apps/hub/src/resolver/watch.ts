import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Memory } from "./memory.ts";
import { readAll, readSome } from "./rows.ts";

interface WatchOptions {
  databaseUrl: string;
  memory: Memory;
  onError: (error: unknown) => void;
  /** How often the connection has to show that it lives; it is given up after four times as long. */
  beatMs: number;
}

/** Keeps the memory as the registry is, as long as the registry can be heard. */
export interface Watch {
  /** True while every change is heard: then the memory is the registry. */
  isTrue(): boolean;
  /** Since when it is not, in milliseconds of `performance.now()`; undefined while it is, and before it ever was. */
  lostAt(): number | undefined;
  /** Resolves when it is true the next time, or at once. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

const channel = "atoll_registry";
const mostAtOnce = 1_000;
const longestPauseMs = 1_000;

/** Listens for changes on a connection of its own, and opens a new one whenever that is lost. */
export function watchRegistry({ databaseUrl, memory, onError, beatMs }: WatchOptions): Watch {
  let isHeard = false;
  let wasHeard = false;
  let heardAt = 0;
  let isClosed = false;
  let hangUp = () => {};
  let waiting: (() => void)[] = [];
  const ending = new AbortController();

  /** One connection, from its opening until it is lost. */
  async function listen(): Promise<void> {
    const client = new pg.Client({
      connectionString: databaseUrl,
      application_name: "atoll resolver",
      connectionTimeoutMillis: 4 * beatMs,
      query_timeout: 20_000,
      keepAlive: true,
      options: "-c default_transaction_read_only=on",
    });
    const lost = Promise.withResolvers<void>();
    const lose = () => {
      isHeard = false;
      lost.resolve();
    };
    client.on("error", lose);
    client.on("end", lose);
    hangUp = lose;
    let beat: NodeJS.Timeout | undefined;
    try {
      await client.connect();
      const changed = new Set<string>();
      let isBusy = true;

      /** Reads what was told until nothing is left; what is told meanwhile is read after it. */
      async function follow(): Promise<void> {
        while (changed.size > 0) {
          const names = [...changed];
          changed.clear();
          if (names.includes("*") || names.length > mostAtOnce) memory.replace(await readAll(client));
          else memory.refresh(names, await readSome(client, names));
        }
      }

      /** One thing at a time on this connection; whatever it was, what was told meanwhile comes after it. */
      async function busy(work: () => Promise<unknown>): Promise<void> {
        if (isBusy) return;
        isBusy = true;
        try {
          await work();
          await follow();
          heardAt = performance.now();
        } catch (error) {
          onError(error);
          lose();
        } finally {
          isBusy = false;
        }
      }

      client.on("notification", ({ payload = "*" }) => {
        changed.add(payload);
        void busy(follow);
      });
      // Heard first, read afterwards: what changes in between is told.
      await client.query(`listen ${channel}`);
      memory.replace(await readAll(client));
      await follow();
      isBusy = false;
      if (isClosed) return;
      heardAt = performance.now();
      isHeard = true;
      wasHeard = true;
      for (const resolve of waiting) resolve();
      waiting = [];
      // A connection that broke without a word says nothing: it has to answer.
      beat = setInterval(() => {
        if (performance.now() - heardAt > 4 * beatMs) lose();
        else void busy(() => client.query("select 1"));
      }, beatMs);
      await lost.promise;
    } finally {
      clearInterval(beat);
      isHeard = false;
      // `end` waits for the other side, which may be gone.
      await Promise.race([client.end().catch(() => {}), sleep(beatMs, undefined, { ref: false })]);
    }
  }

  const running = (async () => {
    let pauseMs = 50;
    while (!isClosed) {
      await listen().then(
        () => {
          pauseMs = 50;
        },
        (error: unknown) => {
          onError(error);
          pauseMs = Math.min(2 * pauseMs, longestPauseMs);
        },
      );
      if (isClosed) return;
      await sleep(pauseMs, undefined, { signal: ending.signal }).catch(() => {});
    }
  })();

  // After a standstill of the whole process old answers come before the news that they are old.
  const isTrue = () => isHeard && performance.now() - heardAt <= 4 * beatMs;
  return {
    isTrue,
    lostAt: () => (isTrue() || !wasHeard ? undefined : heardAt),
    ready: () => (isTrue() ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    async close() {
      isClosed = true;
      ending.abort();
      hangUp();
      await running;
    },
  };
}
