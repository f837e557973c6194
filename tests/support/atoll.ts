import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));

/** What a command left behind: its exit code, its words, and its `--json` result. */
interface Ended {
  code: number | null;
  out: string;
  err: string;
  json(): Record<string, unknown>;
}

/** The environment of a command: nothing of this process's settings but where programs are. */
export function cleanEnv(home: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  return { PATH, HOME, NODE_COMPILE_CACHE, ATOLL_HOME: home, ...more };
}

/** `atoll --json ...` as a person would run it, on a home folder of the test's own. */
export function atollIn(home: () => string, env: () => NodeJS.ProcessEnv = () => ({})) {
  return (...args: string[]): Promise<Ended> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [cli, "--json", ...args], {
        env: cleanEnv(home(), env()),
        stdio: ["ignore", "pipe", "pipe"],
      });
      let out = "";
      let err = "";
      child.stdout.on("data", (chunk: Buffer) => {
        out += chunk;
      });
      child.stderr.on("data", (chunk: Buffer) => {
        err += chunk;
      });
      child.on("close", (code) =>
        resolve({
          code,
          out,
          err,
          json: () => {
            if (out === "") throw new Error(`atoll ${args.join(" ")} ended with ${code}: ${err}`);
            return JSON.parse(out) as Record<string, unknown>;
          },
        }),
      );
    });
}
