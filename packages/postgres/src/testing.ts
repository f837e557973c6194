import { randomBytes } from "node:crypto";
import { afterAll, inject } from "vitest";
import { createDatabase, dropDatabase } from "./database.ts";

/** A database of this test file's own, empty or a copy of `template`; dropped after the file's last test. */
export async function testDatabase(options: { template?: string } = {}): Promise<string> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  const server = inject("postgresUrl");
  await createDatabase(server, name, options);
  afterAll(() => dropDatabase(server, name));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
