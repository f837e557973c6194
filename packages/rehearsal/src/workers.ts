import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

/** A program that calls `runWorker`, and its environment. */
export interface WorkerProgram {
  args: readonly string[];
  env: NodeJS.ProcessEnv;
}

/** One worker process after the other, until `stop`. */
export interface Keeper {
  /** The first one is ready. Rejects with its last words when it ends before that; no other is started then. */
  ready: Promise<void>;
  /** Never resolves. Rejects with the last words of one that ended, when no other is started any more. */
  failed: Promise<never>;
  /** How many died by SIGKILL. */
  deaths(): number;
  /** Ends the one that is alive, and waits until it is gone. */
  stop(): Promise<void>;
}

// A process that never gets ready costs a start each time: five, within about three seconds.
const mostVainStarts = 5;
const firstPauseMs = 100;
// Each ordered death comes once, and there are fewer orders than this: more are somebody else's, as of a full memory.
const mostEnds = 1_000;

interface End {
  wasReady: boolean;
  signal: NodeJS.Signals | null;
  words: string;
}

/** Keeps one worker process alive: one that dies is followed by another, unless it cannot even begin. */
export function keepWorker({ args, env }: WorkerProgram): Keeper {
  const stopping = new AbortController();
  const ready = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<never>();
  let alive: ChildProcess | undefined;
  let deaths = 0;

  /** Starts one, and resolves when it has ended. */
  function once(): Promise<End> {
    const child = spawn(process.execPath, [...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    alive = child;
    let said = "";
    let wasReady = false;
    child.stderr.on("data", (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-1_000);
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (!line.includes('"ready"')) return;
      wasReady = true;
      ready.resolve();
    });
    return new Promise((resolve) => {
      child.once("error", (error) => resolve({ wasReady, signal: null, words: error.message }));
      child.once("close", (code, signal) =>
        resolve({ wasReady, signal, words: `The worker ended with ${code ?? signal}: ${said.trim()}` }),
      );
    });
  }

  async function keep(): Promise<void> {
    let vain = 0;
    for (let ends = 1; !stopping.signal.aborted; ends++) {
      const { wasReady, signal, words } = await once();
      if (stopping.signal.aborted) return;
      if (signal === "SIGKILL") deaths += 1;
      // One that takes work over may die of its orders before it says that it is ready.
      else vain = wasReady ? 1 : vain + 1;
      if ((ends === 1 && !wasReady) || vain >= mostVainStarts || ends >= mostEnds) {
        ready.reject(new Error(words));
        failed.reject(new Error(words));
        return;
      }
      if (vain > 0)
        await sleep(firstPauseMs * 2 ** (vain - 1), undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  for (const each of [ready.promise, failed.promise]) each.catch(() => {}); // told to whoever waits, if anybody does
  const kept = keep();
  return {
    ready: ready.promise,
    failed: failed.promise,
    deaths: () => deaths,
    async stop() {
      stopping.abort();
      alive?.kill("SIGKILL");
      await kept;
    },
  };
}
