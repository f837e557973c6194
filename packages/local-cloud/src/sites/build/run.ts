import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";

/** A command of a build that ended badly. */
export class CommandFailed extends Error {}

/** Where the lines of a command's output go. */
export type OnLine = (type: "command" | "stdout" | "stderr", text: string) => void;

// What npm needs of this machine: its registry, its cache, its proxy. Nothing else of our environment.
const handedOn =
  /^(npm_config_(registry|cache|userconfig|globalconfig|https?[-_]proxy|proxy|noproxy|cafile)|https?_proxy|no_proxy|node_extra_ca_certs|ssl_cert_file)$/i;

/** The environment in which clones, installs and builds run; no project's values, so a build serves them all. */
function buildEnvironment(): NodeJS.ProcessEnv {
  const passed = Object.entries(process.env).filter(([name]) => handedOn.test(name));
  return {
    ...Object.fromEntries(passed),
    // This very Node first: on an older host it is not the one on the PATH.
    PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH ?? ""}`,
    HOME: process.env.HOME ?? "/",
    CI: "1",
    LC_ALL: "C.UTF-8",
    NEXT_TELEMETRY_DISABLED: "1",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
  };
}

/** Runs one command, never through a shell; rejects when it ends badly or `signal` ends it. */
export function run(
  command: string,
  args: readonly string[],
  { folder, onLine, signal }: { folder: string; onLine: OnLine; signal: AbortSignal },
): Promise<void> {
  const shown = [command, ...args].join(" ");
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new CommandFailed(`"${shown}" was not begun`));
    const child = spawn(command, args, {
      cwd: folder,
      env: buildEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true, // a group of its own: npm's children end with it
    });
    const end = () => {
      if (child.pid === undefined || child.exitCode !== null) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has just ended by itself.
      }
    };
    signal.addEventListener("abort", end, { once: true });
    createInterface({ input: child.stdout }).on("line", (line) => onLine("stdout", line));
    createInterface({ input: child.stderr }).on("line", (line) => onLine("stderr", line));
    child.on("error", reject);
    child.on("close", (code, by) => {
      signal.removeEventListener("abort", end);
      if (code === 0) resolve();
      else reject(new CommandFailed(`Command "${shown}" exited with ${code ?? by}`));
    });
  });
}
