import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { LocalCloud } from "@atoll/hub/settings";

const main = fileURLToPath(new URL("./worker.ts", import.meta.url));

/** Where a worker finds its journal, the providers, and when it is to die. */
export interface Workplace {
  hub: string;
  cloud: LocalCloud;
  deaths: string;
  /** Another worker's program than `worker.ts`. */
  program?: URL;
  /** More of its environment. */
  env?: NodeJS.ProcessEnv;
}

/** Keeps `count` worker processes alive: one that dies is followed by another. */
export async function keepWorkers(place: Workplace, count: number) {
  const alive = new Set<ChildProcess>();
  const log: string[] = [];
  let stopping = false;
  let deaths = 0;

  function add(): Promise<void> {
    const child = spawn(process.execPath, [place.program ? fileURLToPath(place.program) : main], {
      env: {
        ...place.env,
        PATH: process.env.PATH,
        ATOLL_TEST_HUB: place.hub,
        ATOLL_TEST_CLOUD: JSON.stringify(place.cloud),
        ATOLL_TEST_DEATHS: place.deaths,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    alive.add(child);
    child.stderr.on("data", (chunk: Buffer) => log.push(chunk.toString()));
    return new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        log.push(line);
        if (line.includes('"ready"')) resolve();
      });
      child.once("exit", (code, signal) => {
        alive.delete(child);
        reject(
          new Error(`The worker ended before it was ready: ${code ?? signal}: ${log.slice(-3).join("\n")}`),
        );
        if (stopping) return;
        if (signal === "SIGKILL") deaths += 1;
        add().catch(() => {}); // the one after it tells by its own end
      });
    });
  }

  await Promise.all(Array.from({ length: count }, add));
  return {
    /** How many died by SIGKILL. */
    deaths: () => deaths,
    /** All that workers said, for the message of a test that failed. */
    log: () => log,
    /** Kills them with -9, now; others follow. */
    kill() {
      for (const child of alive) child.kill("SIGKILL");
    },
    async stop() {
      stopping = true;
      await Promise.all(
        [...alive].map((child) => {
          const gone = new Promise((resolve) => child.once("exit", resolve));
          child.kill("SIGKILL");
          return gone;
        }),
      );
    },
  };
}
