// One Postgres server for a whole test run; each test file makes databases of its own on it.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startPostgres } from "@atoll/postgres/postgres";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

/**
 * Starts the server and hands its URL to the test files.
 * @public called by Vitest
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(path.join(tmpdir(), "atoll-test-postgres-"));
  // 0711 lets the server's own user through where the tests run as root.
  chmodSync(folder, 0o711);
  const server = await startPostgres({
    dataDir: path.join(folder, "server"),
    // Nothing here outlives the run: durability would only cost time.
    settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "500" },
  });
  project.provide("postgresUrl", server.url("postgres"));
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
