import { spawn } from "node:child_process";
import { Fault } from "@atoll/core/fault";

/** Where `pg_dump` connects to; the password goes by its environment, never by its arguments. */
export interface PgDumpOptions {
  host: string;
  port: number;
  user: string;
  database: string;
  password: string;
  /** What to run; default `pg_dump`. */
  program?: string;
}

const rejected = (what: string, next: string, cause?: unknown) =>
  new Fault("rejected", { what, next }, { cause });

/**
 * What `pg_dump` prints of schema `public`, definitions and rows, as it comes: for the part `sql/…` of an archive. Throws
 * a `Fault` where the tool is not installed, is older than the server, or ends with an error.
 */
export async function* pgDump(options: PgDumpOptions): AsyncGenerator<Buffer> {
  const { host, port, user, database, password, program = "pg_dump" } = options;
  const args = ["--no-owner", "--no-privileges", "--schema=public", "--no-password"];
  const child = spawn(
    program,
    [...args, `--host=${host}`, `--port=${port}`, `--username=${user}`, `--dbname=${database}`],
    {
      env: { PATH: process.env.PATH, PGPASSWORD: password, PGAPPNAME: "atoll", PGCLIENTENCODING: "UTF8" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let said = "";
  child.stderr.on("data", (text) => (said = `${said}${text}`.slice(-4_000)));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  // Waited for below; an error before that must not end the process.
  ended.catch(() => {});
  let whole = false;
  try {
    yield* child.stdout;
    const code = await ended;
    whole = true;
    if (code === 0) return;
  } catch (cause) {
    throw rejected(
      "pg_dump could not be run.",
      "Install the client programs of Postgres on the hub, or leave SQL out.",
      cause,
    );
  } finally {
    // Nobody reads on: a program that is not told would wait for ever.
    if (!whole) child.kill();
  }
  // Its words may name hosts and users, and are nobody's but the operator's: only what they mean is told.
  if (/server version mismatch/.test(said))
    throw rejected(
      "The installed pg_dump is older than the database's server.",
      "Install the client programs of the server's version, or leave SQL out.",
    );
  throw rejected(
    "pg_dump ended with an error.",
    "Run it by hand with the same login to see what it says, or leave SQL out.",
  );
}
