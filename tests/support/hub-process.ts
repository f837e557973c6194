import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "@atoll/postgres/port";
import { cleanEnv } from "./atoll.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** `npm start` in a process of its own: hub, worker and console, at one address over every restart. */
export interface HubProcess {
  url: string;
  /** The one-time link for the first owner, as the terminal showed it. */
  welcome: string;
  /** Everything that the terminal showed so far. */
  said(): string;
  /** `kill -9`: no chance to say goodbye. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Builds the console where that is needed, and starts the hub on a home folder of the test's own. */
export async function startHubProcess(home: string, env: NodeJS.ProcessEnv = {}): Promise<HubProcess> {
  const built = spawnSync(process.execPath, ["scripts/build.ts"], { cwd: root, encoding: "utf8" });
  if (built.status !== 0) throw new Error(`The console could not be built:\n${built.stderr}`);
  const port = await freePort();
  let words = "";
  let child: ChildProcess;
  let exited: Promise<unknown>;

  async function sentence(pattern: RegExp): Promise<string> {
    const giveUpAt = performance.now() + 90_000;
    for (;;) {
      const found = pattern.exec(words);
      if (found !== null) return found[1] ?? found[0];
      if (child.exitCode !== null || performance.now() > giveUpAt)
        throw new Error(`\`npm start\` never said ${pattern}:\n${words}`);
      await sleep(50);
    }
  }

  async function start(): Promise<void> {
    const before = words.length;
    child = spawn(process.execPath, ["apps/cli/src/start.ts"], {
      cwd: root,
      env: cleanEnv(home, { PORT: String(port), ...env }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        words += chunk;
      });
    exited = new Promise((resolve) => child.once("exit", resolve));
    await sentence(new RegExp(`[\\s\\S]{${before}}[\\s\\S]*Ctrl-C ends it all`));
  }

  async function end(signal: "SIGKILL" | "SIGINT"): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
  }

  await start();
  return {
    url: `http://localhost:${port}`,
    welcome: await sentence(/first owner\s+(http\S+)/),
    said: () => words,
    kill: () => end("SIGKILL"),
    start,
    stop: () => end("SIGINT"),
  };
}
