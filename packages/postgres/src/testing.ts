import { randomBytes } from "node:crypto";
import { afterAll, inject } from "vitest";
import { createDatabase, dropDatabase } from "./database.ts";

/** Superuser URL of the server that this test run shares. */
export function testServerUrl(): string {
  return inject("postgresUrl");
}

/** A database of this test file's own, empty or a copy of `template`; dropped after the file's last test. */
export async function testDatabase(options: { template?: string } = {}): Promise<string> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await createDatabase(testServerUrl(), name, options);
  afterAll(() => dropDatabase(testServerUrl(), name));
  const url = new URL(testServerUrl());
  url.pathname = `/${name}`;
  return url.href;
}
