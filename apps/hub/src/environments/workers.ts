import { type ChildProcess, spawn } from "node:child_process";
import { type EnvironmentName, environmentsOf } from "./names.ts";
import { workerEnv } from "./variables.ts";

interface KeepOptions {
  env: NodeJS.ProcessEnv;
  /** The command line's own program, which has `worker --environment NAME`. */
  program: string;
  /** Hears what became of workers, one sentence each. */
  tell(text: string): void;
  /** Wait after a first death; it doubles with each further one, up to a minute. Default one second. */
  firstDelayMs?: number;
}

/** Worker processes that are kept alive. */
interface KeptWorkers {
  /** Process ids by environment; none while one waits to be started again. */
  pids(): ReadonlyMap<string, number>;
  /** Has them give their work back, and waits until they are gone. */
  stop(): Promise<void>;
}

const longestDelayMs = 60_000;
const patienceMs = 30_000;

/**
 * Keeps a worker process for each environment but the default: a process does the runs of one environment, and is
 * given its variables and nobody else's. One that dies is started again after a growing wait; all end with this process,
 * however it ends.
 */
export function keepWorkers({ env, program, tell, firstDelayMs = 1_000 }: KeepOptions): KeptWorkers {
  const all = environmentsOf(env) ?? [];
  const children = new Map<string, ChildProcess>();
  const timers = new Set<NodeJS.Timeout>();
  let stopping = false;

  function start(one: EnvironmentName, deaths: number): void {
    const begun = performance.now();
    const child = spawn(process.execPath, [program, "worker", "--environment", one.name], {
      env: workerEnv(env, all, one),
      // The channel is how it notices that this process is gone, even by `kill -9`.
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    children.set(one.name, child);
    let over = false;
    const ended = (how: string) => {
      if (over) return;
      over = true;
      children.delete(one.name);
      if (stopping) return;
      const livedLong = performance.now() - begun > longestDelayMs;
      const before = livedLong ? 0 : deaths;
      const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** before);
      tell(`The worker of "${one.name}" ended (${how}); it is started again in ${delayMs / 1000} s.`);
      const timer = setTimeout(() => {
        timers.delete(timer);
        start(one, before + 1);
      }, delayMs);
      timers.add(timer);
    };
    child.once("exit", (code, signal) => ended(signal ?? `exit code ${code}`));
    child.once("error", (error) => ended(error.name));
  }

  for (const one of all) if (!one.isDefault) start(one, 0);
  return {
    pids: () => new Map([...children].flatMap(([name, { pid }]) => (pid === undefined ? [] : [[name, pid]]))),
    async stop() {
      stopping = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.all([...children.values()].map(end));
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  await gone;
  clearTimeout(timer);
}
