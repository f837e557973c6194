import { execFile } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { createDatabase, dropDatabase } from "./database.ts";
import { type PostgresServer, startPostgres } from "./postgres.ts";

const folder = mkdtempSync(path.join(tmpdir(), "atoll-postgres-"));
chmodSync(folder, 0o711);
const dataDir = path.join(folder, "server");
let server: PostgresServer;

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test("a server starts on an empty folder, is adopted by a second start, and survives kill -9", async () => {
  server = await startPostgres({ dataDir });
  expect(server.adopted).toBe(false);
  await createDatabase(server.url(), "kept");
  await createDatabase(server.url(), "kept");
  await query(server.url("kept"), "create table t as select 42 as answer");

  const second = await startPostgres({ dataDir });
  expect(second).toMatchObject({ adopted: true, port: server.port, pid: server.pid });

  process.kill(server.pid, "SIGKILL");
  await expect
    .poll(() =>
      query(server.url(), "select 1").then(
        () => "up",
        () => "down",
      ),
    )
    .toBe("down");
  server = await startPostgres({ dataDir });
  expect(await query(server.url("kept"), "select answer from t")).toEqual([{ answer: 42 }]);
});

test("a lock file whose number went to another process does not keep a server from starting", async () => {
  await server.stop();
  const lock = path.join(dataDir, "data", "postmaster.pid");
  writeFileSync(
    lock,
    [process.pid, path.join(dataDir, "data"), 1, server.port, "", "127.0.0.1", "", "ready"].join("\n"),
  );
  // The server's user has to be able to take the file away again, whoever runs the tests.
  const { uid, gid } = statSync(path.dirname(lock));
  chownSync(lock, uid, gid);
  server = await startPostgres({ dataDir });
  expect(server.adopted).toBe(false);
  expect(await query(server.url("kept"), "select answer from t")).toEqual([{ answer: 42 }]);
});

test("of several first starts at once one makes the server and the others adopt it", async () => {
  const dataDir = path.join(folder, "race");
  const program = `import { startPostgres } from ${JSON.stringify(new URL("postgres.ts", import.meta.url).href)};
const { pid, adopted } = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, settings: { fsync: "off" } });
console.log(JSON.stringify({ pid, adopted }));`;
  const starts = await Promise.all(
    Array.from({ length: 3 }, () =>
      promisify(execFile)(process.execPath, ["--input-type=module-typescript", "-e", program]),
    ),
  );
  const found = starts.map(({ stdout }) => JSON.parse(stdout) as { pid: number; adopted: boolean }); // printed above
  const adopted = await startPostgres({ dataDir });
  await adopted.stop();
  expect(new Set(found.map(({ pid }) => pid))).toEqual(new Set([adopted.pid]));
  expect(found.filter((each) => !each.adopted)).toHaveLength(1);
  await expect(query(adopted.url(), "select 1")).rejects.toThrow("ECONNREFUSED");
});

test("only the password opens it, only on the loopback interface", async () => {
  const wrong = new URL(server.url());
  wrong.password = "wrong";
  await expect(query(wrong.href, "select 1")).rejects.toThrow("password authentication failed");
  const [row] = await query(server.url(), "show listen_addresses");
  expect(row).toEqual({ listen_addresses: "127.0.0.1" });
});

test("a database is copied from a template and dropped with its sessions", async () => {
  await createDatabase(server.url(), "copy", { template: "kept" });
  const session = new pg.Client({ connectionString: server.url("copy") });
  session.on("error", () => {});
  await session.connect();
  await dropDatabase(server.url(), "copy");
  await dropDatabase(server.url(), "copy");
  await expect(query(server.url("copy"), "select 1")).rejects.toThrow("does not exist");
  await session.end().catch(() => {});
});
