import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { LocalCloud } from "@atoll/hub/settings";

const program = fileURLToPath(new URL("../../packages/local-cloud/src/main.ts", import.meta.url));

/** A fault as the control endpoint takes it. */
interface PlannedFault {
  provider: string;
  method?: string;
  path?: string;
  kind: "lose-answer" | "500" | "503" | "429" | "reset" | "slow" | "late" | "stale" | "stuck" | "reject";
  times?: number;
  after?: number;
  /** For "slow", "late" and "stale": milliseconds. */
  ms?: number;
}

/** One line of the local cloud's request log. */
interface LoggedCall {
  provider: string;
  method: string;
  path: string;
  status: number;
  write: boolean;
}

/** A local cloud of a test file's own, as a process of its own, driven over its control endpoints. */
export interface TestCloud extends LocalCloud {
  home: string;
  pid: number;
  inventory(): Promise<Record<string, unknown>>;
  log(query?: { writes?: boolean; provider?: string }): Promise<LoggedCall[]>;
  clearLog(): Promise<void>;
  fault(fault: PlannedFault): Promise<void>;
  heal(): Promise<void>;
  plant(thing: object): Promise<unknown>;
  stop(): Promise<void>;
}

async function call(url: string, init: RequestInit = {}): Promise<unknown> {
  const answer = await fetch(url, { ...init, headers: { "content-type": "application/json" } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${init.method ?? "GET"} ${url}: ${answer.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** Starts a local cloud in a folder of its own; `args` as its own command line takes them. */
export async function testCloud(args: string[] = ["--light", "--latency", "instant"]): Promise<TestCloud> {
  const home = mkdtempSync(path.join(tmpdir(), "atoll-cloud-"));
  chmodSync(home, 0o711);
  const dataDir = path.join(home, "cloud");
  const child: ChildProcess = spawn(
    process.execPath,
    [program, "--data-dir", dataDir, "--port", "0", ...args],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let words = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    words = (words + chunk).slice(-4000);
  });
  let exited: number | null | undefined;
  child.on("exit", (code) => {
    exited = code;
  });
  const file = path.join(dataDir, "cloud.json");
  const giveUpAt = performance.now() + 60_000;
  while (readCloud(file) === undefined) {
    if (exited !== undefined) throw new Error(`The local cloud ended with ${exited}: ${words}`);
    if (performance.now() > giveUpAt) throw new Error("The local cloud did not start within a minute.");
    await sleep(50);
  }
  const cloud = readCloud(file) as LocalCloud; // polled until it was there
  const { url } = cloud;
  return {
    ...cloud,
    home,
    pid: child.pid ?? 0,
    inventory: async () => (await call(`${url}/control/inventory`)) as Record<string, unknown>, // shape is each provider's own
    log: async (query = {}) => {
      const search = new URLSearchParams();
      if (query.writes) search.set("writes", "1");
      if (query.provider) search.set("provider", query.provider);
      return (await call(`${url}/control/log?${search}`)) as LoggedCall[]; // as the control endpoint documents
    },
    clearLog: async () => void (await call(`${url}/control/log`, { method: "DELETE" })),
    fault: async (fault) =>
      void (await call(`${url}/control/faults`, { method: "POST", body: JSON.stringify(fault) })),
    heal: async () => void (await call(`${url}/control/faults`, { method: "DELETE" })),
    plant: (thing) => call(`${url}/control/plant`, { method: "POST", body: JSON.stringify(thing) }),
    stop: async () => {
      if (exited === undefined) {
        child.kill("SIGTERM");
        await new Promise<void>((resolve) =>
          exited === undefined ? child.once("exit", () => resolve()) : resolve(),
        );
      }
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function readCloud(file: string): LocalCloud | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as LocalCloud; // written whole by the local cloud
  } catch {
    return undefined;
  }
}
