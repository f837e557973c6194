import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { programs } from "./binaries.ts";
import { type Owner, placeFor, serverOwner } from "./owner.ts";
import { freePort } from "./port.ts";

export interface PostgresOptions {
  /** Folder of the cluster; made when missing. One server for each folder: a second start adopts the first. */
  dataDir: string;
  /** TCP port on 127.0.0.1; a free one when absent. Ignored when a running server is adopted. */
  port?: number;
  /** Server settings beside ours, as in postgresql.conf. Tests switch `fsync` off. */
  settings?: Record<string, string>;
}

/** A running server. The password is in its URLs and in a file that only its owner may read. */
export interface PostgresServer {
  port: number;
  pid: number;
  /** True when it ran already and was only connected to. */
  adopted: boolean;
  /** Connection URL of a database, as superuser `postgres`. */
  url(database?: string): string;
  /** Ends the server (fast shutdown: sessions are closed, nothing committed is lost) and waits until it is gone. */
  stop(): Promise<void>;
}

const startWithinMs = 60_000;
const run = promisify(execFile);

/** What a server's environment holds: nothing of ours, above all no token. */
const bareEnv = { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8", TZ: "UTC" };

const ourSettings: Record<string, string> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "300",
  // 9 s of recovery with the default on a large folder after kill -9, 0.2 s with this.
  recovery_init_sync_method: process.platform === "linux" ? "syncfs" : "fsync",
  shared_buffers: "64MB",
  timezone: "UTC",
};

interface Folders {
  data: string;
  password: string;
  log: string;
}

function foldersOf(root: string): Folders {
  return {
    data: path.join(root, "data"),
    password: path.join(root, "password"),
    log: path.join(root, "postgres.log"),
  };
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Process and port of the server that this folder's lock file names, if that process lives. */
function lockHolder(data: string): { pid: number; port: number } | undefined {
  const file = path.join(data, "postmaster.pid");
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, "utf8").split("\n");
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return Number.isInteger(pid) && pid > 0 && alive(pid) && port > 0 ? { pid, port } : undefined;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("select 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Every folder above has to let the server's user through; only our own root folder is given to it. */
function give(file: string, owner: Owner | undefined, mode: number): void {
  chmodSync(file, mode);
  if (owner !== undefined) chownSync(file, owner.uid, owner.gid);
}

async function prepare(bin: string, folders: Folders, owner: Owner | undefined): Promise<void> {
  mkdirSync(path.dirname(folders.data), { recursive: true });
  give(path.dirname(folders.data), owner, 0o700);
  if (existsSync(path.join(folders.data, "PG_VERSION"))) return;
  // A folder without its version file is what an interrupted initdb leaves.
  rmSync(folders.data, { recursive: true, force: true });
  mkdirSync(folders.data, { recursive: true });
  give(folders.data, owner, 0o700);
  if (!existsSync(folders.password))
    writeFileSync(folders.password, randomBytes(24).toString("base64url"), { mode: 0o600 });
  give(folders.password, owner, 0o600);
  await run(
    path.join(bin, "initdb"),
    [
      "-D",
      folders.data,
      "-U",
      "postgres",
      "-A",
      "scram-sha-256",
      `--pwfile=${folders.password}`,
      "-E",
      "UTF8",
      "--locale=C.UTF-8",
      "--no-instructions",
    ],
    { env: bareEnv, ...owner },
  );
}

type Try = { is: "up"; pid: number } | { is: "ended" } | { is: "late" };

async function untilUp(url: string, folders: Folders, ended: () => boolean, giveUpAt: number): Promise<Try> {
  while (performance.now() < giveUpAt) {
    if (await answers(url)) return { is: "up", pid: lockHolder(folders.data)?.pid ?? 0 };
    if (ended()) return { is: "ended" };
    await sleep(20);
  }
  return { is: "late" };
}

function launch(bin: string, folders: Folders, owner: Owner | undefined, settings: Record<string, string>) {
  const log = openSync(folders.log, "a");
  const flags = Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
  const child = spawn(path.join(bin, "postgres"), ["-D", folders.data, ...flags], {
    env: bareEnv,
    // A group of its own: Ctrl-C in a terminal must not end the server under its users' feet.
    detached: true,
    stdio: ["ignore", log, log],
    ...owner,
  });
  closeSync(log);
  let ended = false;
  for (const event of ["exit", "error"]) child.on(event, () => (ended = true));
  child.unref();
  return { pid: child.pid, ended: () => ended };
}

function lastWords(file: string): string {
  return existsSync(file)
    ? readFileSync(file, "utf8").trim().split("\n").slice(-5).join("\n")
    : "it wrote nothing";
}

/** Starts the server of a folder, or adopts the one that runs there; ready means that it answered a query. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const owner = serverOwner();
  const folders = foldersOf(placeFor(options.dataDir, owner));
  const urlOn =
    (port: number) =>
    (database = "postgres") =>
      `postgresql://postgres:${readFileSync(folders.password, "utf8")}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  const giveUpAt = performance.now() + startWithinMs;

  do {
    const holder = lockHolder(folders.data);
    if (holder !== undefined) {
      const url = urlOn(holder.port);
      const adopted = await untilUp(url(), folders, () => !alive(holder.pid), giveUpAt);
      if (adopted.is === "up") return { ...holder, adopted: true, url, stop: () => stop(holder.pid) };
    } else {
      const bin = programs(owner);
      await prepare(bin, folders, owner);
      const port = options.port ?? (await freePort());
      const url = urlOn(port);
      const child = launch(bin, folders, owner, { ...ourSettings, ...options.settings, port: String(port) });
      const started = await untilUp(url(), folders, child.ended, giveUpAt);
      if (started.is === "up") {
        const { pid } = started;
        return { port, pid, adopted: pid !== child.pid, url, stop: () => stop(pid) };
      }
    }
    // After kill -9 the old server's sessions take a moment to end, and until then a new one refuses to start.
    await sleep(200);
  } while (performance.now() < giveUpAt && mayYetStart(folders.log));
  throw new Error(`Postgres did not start on ${folders.data}:\n${lastWords(folders.log)}`);
}

/** What the server says when an older one on the same folder has not quite ended. */
function mayYetStart(log: string): boolean {
  return /still in use|is another postmaster|lock file .* already exists|starting up|shutting down|ready to accept/.test(
    lastWords(log),
  );
}

async function stop(pid: number): Promise<void> {
  if (alive(pid)) process.kill(pid, "SIGINT");
  const giveUpAt = performance.now() + startWithinMs;
  while (alive(pid)) {
    if (performance.now() > giveUpAt)
      throw new Error(`Postgres (process ${pid}) did not end within ${startWithinMs / 1000} s.`);
    await sleep(20);
  }
}
