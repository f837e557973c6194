import { type ChildProcess, fork } from "node:child_process";
import { atEnd } from "../kit/ending.ts";

const programs = {
  hub: new URL("./programs/hub.ts", import.meta.url),
  worker: new URL("./programs/worker.ts", import.meta.url),
};

/** What a process used so far. */
export interface Usage {
  /** CPU time, its own and the system's on its behalf, in milliseconds. */
  cpuMs: number;
  /** Memory that it holds now, and the most that it ever held, in MiB. */
  nowMiB: number;
  peakMiB: number;
}

/** A program of `programs/` in a process of its own. */
export interface Program<Ready> {
  ready: Ready;
  pid: number;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** Starts a program and waits until it is ready; it ends with the benchmark at the latest. */
export async function startProgram<Ready>(
  name: keyof typeof programs,
  env: NodeJS.ProcessEnv,
): Promise<Program<Ready>> {
  const child: ChildProcess = fork(programs[name], { env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await exited;
  };
  atEnd(stop);
  const ready = await new Promise<Ready>((resolve, reject) => {
    child.once("message", (told) => resolve(told as Ready)); // what the program of that name tells
    child.once("error", reject);
    void exited.then((code) => reject(new Error(`The program "${name}" ended with ${code}.`)));
  });
  return {
    ready,
    pid: child.pid ?? 0,
    stop,
    usage: () =>
      new Promise((resolve, reject) => {
        child.once("message", (told) => resolve(told as Usage)); // as `usage.ts` tells it
        child.send("usage", (error) => error && reject(error));
        void exited.then((code) => reject(new Error(`The program "${name}" ended with ${code}.`)));
      }),
  };
}
