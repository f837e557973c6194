import { readdir, readFile } from "node:fs/promises";
import { DBOSClient } from "@dbos-inc/dbos-sdk";
import { migrateSystemDatabase } from "@dbos-inc/dbos-sdk/internal/system_database";
import { GlobalLogger } from "@dbos-inc/dbos-sdk/internal/telemetry/logs";
import pg from "pg";
import { applicationName, runsQueue } from "./protocol.ts";
import { quiet } from "./quiet.ts";

/** The folder of the journal's numbered SQL files. */
const migrations = new URL("../migrations/", import.meta.url);

const lockKey = 4_729_001; // any number that all of Atoll's processes share

/** Applies a folder's pending files, each in one transaction with its row in the ledger. */
async function applyFolder(client: pg.Client, folder: URL): Promise<void> {
  await client.query("create schema if not exists atoll");
  await client.query(`create table if not exists atoll.schema_migrations
    (version text primary key, applied_at timestamptz not null default clock_timestamp())`);
  const applied = await client.query<{ version: string }>("select version from atoll.schema_migrations");
  const done = new Set(applied.rows.map((row) => row.version));
  const files = (await readdir(folder)).filter((file) => /^\d{4}_.+\.sql$/.test(file)).sort();
  for (const file of files.filter((each) => !done.has(each))) {
    const sql = await readFile(new URL(file, folder), "utf8");
    await client.query("begin");
    try {
      await client.query(sql);
      await client.query("insert into atoll.schema_migrations (version) values ($1)", [file]);
      await client.query("commit");
    } catch (error) {
      await client.query("rollback");
      throw error;
    }
  }
}

/** Brings further tables in schema `atoll` up to date: numbered SQL files that come after the journal's. */
export async function migrateFurther(databaseUrl: string, folder: URL): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [lockKey]);
    await applyFolder(client, folder);
  } finally {
    await client.end();
  }
}

/**
 * Brings both schemas of the hub's database up to date: ours and the SDK's, and the queue of runs.
 * Under one lock, since several first starts at once make the SDK's own migration crash.
 */
export async function prepareDatabase(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [lockKey]);
    await applyFolder(client, migrations);
    // `DBOS.migrate` does just this, but says so on standard output, where `--json` has the word.
    await migrateSystemDatabase(databaseUrl, new GlobalLogger(undefined, { logger: quiet }));
    const dbos = await DBOSClient.create({ systemDatabaseUrl: databaseUrl, applicationName, logger: quiet });
    try {
      await dbos.registerQueue(runsQueue, { minPollingIntervalMs: 100 });
    } finally {
      await dbos.destroy();
    }
  } finally {
    await client.end(); // gives the lock back too
  }
}
