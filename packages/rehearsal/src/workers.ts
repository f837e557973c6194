import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A program that calls `runWorker`, and its environment. */
export interface WorkerProgram {
  args: readonly string[];
  env: NodeJS.ProcessEnv;
}

/** Keeps one worker process alive: one that dies is followed by another. */
export async function keepWorker({ args, env }: WorkerProgram) {
  let alive: ChildProcess | undefined;
  let stopping = false;
  let deaths = 0;
  const said: string[] = [];

  function start(): Promise<void> {
    const child = spawn(process.execPath, [...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    alive = child;
    child.stderr.on("data", (chunk: Buffer) => said.push(chunk.toString()));
    return new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        if (line.includes('"ready"')) resolve();
      });
      child.once("exit", (code, signal) => {
        reject(
          new Error(`The worker ended with ${code ?? signal}: ${said.slice(-3).join("").slice(-1_000)}`),
        );
        if (stopping) return;
        if (signal === "SIGKILL") deaths += 1;
        start().catch(() => {}); // the one after it tells by its own end
      });
    });
  }

  await start();
  return {
    /** How many died by SIGKILL. */
    deaths: () => deaths,
    async stop() {
      stopping = true;
      const child = alive;
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
    },
  };
}
