import { type ChildProcess, fork } from "node:child_process";
import { atEnd } from "./ending.ts";

const programs = {
  hub: new URL("./servers/hub.ts", import.meta.url),
  bare: new URL("./servers/bare.ts", import.meta.url),
  resolver: new URL("./servers/resolver.ts", import.meta.url),
};

/** Starts a program of `kit/servers` as a process of its own; gives what it tells when it is ready. It ends with the benchmark. */
export async function startServer<Ready>(
  name: keyof typeof programs,
  env: NodeJS.ProcessEnv,
): Promise<Ready> {
  const child: ChildProcess = fork(programs[name], {
    env,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  atEnd(async () => {
    child.kill("SIGTERM");
    await exited;
  });
  return new Promise<Ready>((resolve, reject) => {
    // What the program of that name tells, and its process.
    child.once("message", (ready) => resolve({ ...(ready as Ready), pid: child.pid }));
    child.once("error", reject);
    void exited.then((code) => reject(new Error(`The server "${name}" ended with ${code}.`)));
  });
}
