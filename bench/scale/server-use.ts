import { readdirSync, readFileSync } from "node:fs";
import type pg from "pg";

/** Fields 2 and on of `/proc/PID/stat`, counted from the state; undefined = gone, or another system. */
function statOf(pid: string | number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ");
  } catch {
    return undefined;
  }
}

const tickMs = 10; // of Linux on every machine we know: `getconf CLK_TCK` says 100
const numberAt = (fields: readonly string[], at: number) => Number(fields[at] ?? 0);

/**
 * CPU time that a process and all below it used so far, those that ended included, in milliseconds. NaN where the
 * system has no `/proc`.
 */
export function cpuMsOfTree(pid: number): number {
  const own = statOf(pid);
  if (own === undefined) return Number.NaN;
  // utime, stime, and those of children that ended
  let ticks = numberAt(own, 11) + numberAt(own, 12) + numberAt(own, 13) + numberAt(own, 14);
  for (const each of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const fields = statOf(each);
    if (fields === undefined || numberAt(fields, 1) !== pid) continue;
    ticks += numberAt(fields, 11) + numberAt(fields, 12);
  }
  return ticks * tickMs;
}

/** Process id of the server that a session is on: its postmaster's. */
export async function postmasterOf(sql: pg.Client): Promise<number> {
  const { rows } = await sql.query<{ text: string }>("select pg_read_file('postmaster.pid', 0, 20) as text");
  return Number(rows[0]?.text.split("\n")[0]);
}
