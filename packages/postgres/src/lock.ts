import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const lockOf = (data: string) => path.join(data, "postmaster.pid");

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Command line of a process: empty for one that has ended but is still in the table, undefined when hidden from us. */
function commandOf(pid: number): string | undefined {
  try {
    return process.platform === "linux"
      ? readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ")
      : execFileSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return undefined;
  }
}

/**
 * True when this process is a server of this folder. The number alone proves nothing: after a restart of the
 * machine or the container another process has it.
 */
export function serves(pid: number, data: string): boolean {
  return exists(pid) && (commandOf(pid)?.includes(` -D ${data} `) ?? true);
}

function pidIn(data: string): number | undefined {
  if (!existsSync(lockOf(data))) return undefined;
  const pid = Number.parseInt(readFileSync(lockOf(data), "utf8"), 10);
  return pid > 0 ? pid : undefined;
}

/** Process and port of the server that this folder's lock file names, if it lives. Port 0 = it is just starting. */
export function lockHolder(data: string): { pid: number; port: number } | undefined {
  const pid = pidIn(data);
  if (pid === undefined || !serves(pid, data)) return undefined;
  const port = Number(readFileSync(lockOf(data), "utf8").split("\n")[3] ?? 0);
  return { pid, port };
}

/**
 * Takes a living stranger's number out of the lock file, for which Postgres would refuse to start for ever.
 * The file itself stays: by its other lines Postgres sees whether sessions of the old server still run.
 */
export function disown(data: string): void {
  const pid = pidIn(data);
  if (pid === undefined || !exists(pid) || serves(pid, data)) return;
  let nobody = 4_194_303;
  while (exists(nobody)) nobody -= 1;
  const [, ...rest] = readFileSync(lockOf(data), "utf8").split("\n");
  writeFileSync(lockOf(data), [nobody, ...rest].join("\n"));
}
