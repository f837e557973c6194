import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { connect, createServer } from "node:net";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** What it takes to run one deployment. */
export interface AppSpec {
  deploymentId: string;
  folder: string;
  /** All that the application finds in its environment, beside PATH, HOME and where to listen. */
  environment: Record<string, string>;
}

/** A deployment's process, listening on a loopback port. */
export interface App {
  port: number;
  ended: boolean;
  stop(): Promise<void>;
}

const leash = new URL("./leash.ts", import.meta.url).href;
const startWithinMs = 30_000;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No free port.");
  return address.port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** Sites run side by side here: without bounds each lets its heap grow as if it had the machine to itself. */
const smallHeap = ["--max-semi-space-size=2", "--max-old-space-size=256"];

function commandOf(folder: string, port: number): string[] {
  if (existsSync(path.join(folder, "server.js"))) return ["server.js"];
  return ["node_modules/next/dist/bin/next", "start", "-H", "127.0.0.1", "-p", String(port)];
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), 3000).unref();
  });
}

/** Starts a deployment's process and waits until it accepts connections. Throws with its last words otherwise. */
export async function startApp({ folder, environment }: AppSpec): Promise<App> {
  const port = await freePort();
  const child = spawn(process.execPath, [...smallHeap, "--import", leash, ...commandOf(folder, port)], {
    cwd: folder,
    env: {
      ...environment,
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
      HOSTNAME: "127.0.0.1",
      PORT: String(port),
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const app: App = { port, ended: false, stop: () => end(child) };
  let words = "";
  const keep = (chunk: Buffer) => {
    words = `${words}${chunk}`.slice(-2000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  child.on("error", (error) => keep(Buffer.from(error.message)));
  child.on("exit", () => {
    app.ended = true;
  });
  child.stdin.on("error", () => {}); // the site ended first
  const deadline = performance.now() + startWithinMs;
  while (!(await answers(port))) {
    if (app.ended || child.pid === undefined || performance.now() > deadline) {
      await end(child);
      throw new Error(`The application did not start: ${words.trim() || "it said nothing"}`);
    }
    await wait(20);
  }
  return app;
}
