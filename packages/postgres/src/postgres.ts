import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { programs } from "./binaries.ts";
import { disown, lockHolder, serves } from "./lock.ts";
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
const bareEnv = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

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

/** Written whole or not at all; of two first starts at once the first one's password counts. */
function makePassword(file: string, owner: Owner | undefined): void {
  if (existsSync(file)) return;
  const making = `${file}.${process.pid}`;
  writeFileSync(making, randomBytes(24).toString("base64url"), { mode: 0o600 });
  give(making, owner, 0o600);
  try {
    linkSync(making, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(making, { force: true });
  }
}

/** Makes the cluster beside its place and moves it there when it is complete: a crash leaves no half of one. */
async function prepare(
  bin: string,
  folders: Folders,
  owner: Owner | undefined,
  fast: boolean,
): Promise<void> {
  const root = path.dirname(folders.data);
  mkdirSync(root, { recursive: true });
  give(root, owner, 0o700);
  makePassword(folders.password, owner);
  if (existsSync(path.join(folders.data, "PG_VERSION"))) return;
  const making = `${folders.data}.${process.pid}`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making);
  give(making, owner, 0o700);
  await run(path.join(bin, "initdb"), [...initdbOptions(folders.password, fast), "-D", making], {
    env: bareEnv,
    ...owner,
  });
  try {
    renameSync(making, folders.data);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(path.join(folders.data, "PG_VERSION"))) throw error;
  }
}

function initdbOptions(passwordFile: string, fast: boolean): string[] {
  return [
    "--username=postgres",
    "--auth=scram-sha-256",
    `--pwfile=${passwordFile}`,
    "--encoding=UTF8",
    // The server's own C.UTF-8: sorts the same on every machine, whatever locales are installed there.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
    ...(fast ? ["--no-sync"] : []),
  ];
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
  const root = placeFor(options.dataDir, owner);
  const folders = foldersOf(root);
  const { data } = folders;
  const settings = { ...ourSettings, ...options.settings };
  const urlOn =
    (port: number) =>
    (database = "postgres") =>
      `postgresql://postgres:${readFileSync(folders.password, "utf8")}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  const giveUpAt = performance.now() + startWithinMs;
  let hopeless = false;

  while (performance.now() < giveUpAt && !hopeless) {
    const holder = lockHolder(data);
    if (holder !== undefined && holder.port > 0) {
      const { pid, port } = holder;
      const url = urlOn(port);
      const adopted = await untilUp(url(), folders, () => !serves(pid, data), giveUpAt);
      if (adopted.is === "up") return { pid, port, adopted: true, url, stop: () => stop(pid, data) };
    } else if (holder === undefined) {
      const bin = programs(owner, path.dirname(root));
      await prepare(bin, folders, owner, settings.fsync === "off");
      disown(data);
      const port = options.port ?? (await freePort());
      const url = urlOn(port);
      const child = launch(bin, folders, owner, { ...settings, port: String(port) });
      const started = await untilUp(url(), folders, child.ended, giveUpAt);
      if (started.is === "up") {
        const { pid } = started;
        return { port, pid, adopted: pid !== child.pid, url, stop: () => stop(pid, data) };
      }
      hopeless = !mayYetStart(folders.log, options.port === undefined);
    }
    // After kill -9 the old server's sessions take a moment to end, and until then a new one refuses to start.
    await sleep(100);
  }
  throw new Error(`Postgres did not start on ${data}:\n${lastWords(folders.log)}`);
}

/** What the server says when an older one has not quite ended, another start was faster, or the port was taken meanwhile. */
function mayYetStart(log: string, anyPort: boolean): boolean {
  const words = lastWords(log);
  if (anyPort && /could not bind|Address already in use/.test(words)) return true;
  return /still in use|is another postmaster|lock file .* already exists|starting up|shutting down|unexpected postmaster exit/.test(
    words,
  );
}

async function stop(pid: number, data: string): Promise<void> {
  if (serves(pid, data)) process.kill(pid, "SIGINT");
  const giveUpAt = performance.now() + startWithinMs;
  while (serves(pid, data)) {
    if (performance.now() > giveUpAt)
      throw new Error(`Postgres (process ${pid}) did not end within ${startWithinMs / 1000} s.`);
    await sleep(20);
  }
}
