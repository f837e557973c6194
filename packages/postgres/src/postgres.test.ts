import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
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
