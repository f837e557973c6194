import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openDatabase } from "@atoll/hub/database";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { cleanEnv } from "../support/atoll.ts";

const home = mkdtempSync(path.join(tmpdir(), "atoll-home-"));
chmodSync(home, 0o711);
afterAll(() => rmSync(home, { recursive: true, force: true }));

test("an embedded Postgres that many come to and leave is never ended under one who uses it", async () => {
  const come = async (index: number) => {
    await new Promise((resolve) => setTimeout(resolve, index * 150));
    const database = await openDatabase(cleanEnv(home), home);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query("select 1 as one");
    await client.end();
    await database.close();
    return rows;
  };
  await come(0); // makes the cluster, and ends the server
  const visits = await Promise.all(Array.from({ length: 12 }, (_, index) => come(index)));
  expect(visits).toEqual(visits.map(() => [{ one: 1 }]));
}, 120_000);
