import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Fault } from "@atoll/core/fault";
import type { LocalCloud } from "./settings.ts";

// The local cloud is a program of its own that we start and talk to over HTTP; nothing of it is imported.
const program = fileURLToPath(new URL("../../../packages/local-cloud/src/main.ts", import.meta.url));

interface CloudFile extends LocalCloud {
  pid: number;
}

function cloudFolder(home: string): string {
  return path.join(home, "cloud");
}

function readCloudFile(home: string): CloudFile | undefined {
  const file = path.join(cloudFolder(home), "cloud.json");
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as CloudFile; // written whole by the local cloud
  } catch {
    return undefined;
  }
}

/** The local cloud that runs on this home folder and answers, or undefined. */
export async function runningCloud(home: string): Promise<CloudFile | undefined> {
  const found = readCloudFile(home);
  if (found === undefined) return undefined;
  try {
    const answer = await fetch(`${found.url}/control/health`, { signal: AbortSignal.timeout(2000) });
    return answer.ok ? found : undefined;
  } catch {
    return undefined;
  }
}

function lastLines(file: string, count: number): string {
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").slice(-count).join("\n") : "";
}

/**
 * Starts the local cloud as a process of its own, which outlives this one, and waits until it answers.
 * Its output goes to `cloud/cloud.log` in the home folder. One that runs already is used.
 */
export async function startCloud(
  home: string,
  options: { args?: string[]; env?: NodeJS.ProcessEnv } = {},
): Promise<{ cloud: LocalCloud; pid: number; startedHere: boolean }> {
  const running = await runningCloud(home);
  if (running !== undefined) return { cloud: running, pid: running.pid, startedHere: false };

  const folder = cloudFolder(home);
  mkdirSync(folder, { recursive: true });
  const logFile = path.join(folder, "cloud.log");
  const log = openSync(logFile, "a");
  const child = spawn(process.execPath, [program, "--data-dir", folder, ...(options.args ?? [])], {
    detached: true,
    stdio: ["ignore", log, log],
    env: options.env ?? process.env,
  });
  let exit: number | undefined;
  child.on("exit", (code) => {
    exit = code ?? 1;
  });
  child.unref();

  const giveUpAt = performance.now() + 60_000;
  while (performance.now() < giveUpAt && exit === undefined) {
    const cloud = await runningCloud(home);
    if (cloud !== undefined) return { cloud, pid: cloud.pid, startedHere: cloud.pid === child.pid };
    await sleep(100);
  }
  throw new Fault("rejected", {
    what: `The local cloud did not start: ${lastLines(logFile, 3) || "it wrote nothing"}.`,
    next: `Read ${path.relative(process.cwd(), logFile)}, mend the cause and start again; \`npm run reset\` begins from nothing.`,
  });
}

/** Ends a local cloud that runs on this home folder and waits until it is gone. False = none ran. */
export async function stopCloud(home: string): Promise<boolean> {
  const running = await runningCloud(home);
  if (running === undefined) return false;
  process.kill(running.pid, "SIGTERM");
  const giveUpAt = performance.now() + 30_000;
  while (performance.now() < giveUpAt) {
    try {
      process.kill(running.pid, 0);
    } catch {
      return true;
    }
    await sleep(50);
  }
  throw new Fault("rejected", {
    what: `The local cloud (process ${running.pid}) did not end within 30 seconds.`,
    next: `Look at ${path.relative(process.cwd(), path.join(cloudFolder(home), "cloud.log"))}, then end the process by its id.`,
  });
}
