import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Databases } from "./harness.ts";

/** A worker process: `ready` once it works, `exited` with its code or signal. */
export interface TestWorker {
  process: ChildProcess;
  ready: Promise<void>;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Lines of its log. */
  lines: string[];
}

const main = fileURLToPath(new URL("./worker.ts", import.meta.url));

export function startWorker({ hub, cloud }: Databases, ttlMs = 800): TestWorker {
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH,
      ATOLL_TEST_HUB: hub,
      ATOLL_TEST_CLOUD: cloud,
      ATOLL_TEST_TTL_MS: String(ttlMs),
    },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const lines: string[] = [];
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  const ready = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      if (line.includes('"ready"')) resolve();
    });
    void exited.then(({ code, signal }) =>
      reject(new Error(`The worker ended before it was ready: ${code ?? signal}`)),
    );
  });
  ready.catch(() => {}); // asked for by those who care
  return { process: child, ready, exited, lines };
}

/** Keeps a number of workers alive: one that dies is followed by another. */
export function keepWorkers(databases: Databases, count: number) {
  const workers = new Set<TestWorker>();
  let stopping = false;
  let died = 0;

  function add(): TestWorker {
    const worker = startWorker(databases);
    workers.add(worker);
    void worker.exited.then(() => {
      workers.delete(worker);
      if (stopping) return;
      died += 1;
      add();
    });
    return worker;
  }

  return {
    deaths: () => died,
    ready: () => Promise.all([...Array(count)].map(() => add().ready)),
    async stop() {
      stopping = true;
      const all = [...workers];
      for (const worker of all) worker.process.kill("SIGKILL");
      await Promise.all(all.map((worker) => worker.exited));
    },
  };
}
