import { migrateOwn } from "@atoll/fleet/own";
import { DBOSClient } from "@dbos-inc/dbos-sdk";
import { migrateSystemDatabase } from "@dbos-inc/dbos-sdk/internal/system_database";
import { GlobalLogger } from "@dbos-inc/dbos-sdk/internal/telemetry/logs";
import pg from "pg";
import { applicationName, runsQueue } from "./protocol.ts";
import { quiet } from "./quiet.ts";

/** The folder of the journal's numbered SQL files. */
const migrations = new URL("../migrations/", import.meta.url);

const lockKey = 4_729_001; // any number that all of Atoll's processes share

/** The hub's own tables stand behind the journal's in one ledger. */
const furtherBase = 1_000;

/** Applies a folder's pending files to schema `atoll`, whose ledger is that of every instance's database. */
async function applyFolder(client: pg.Client, folder: URL, base: number): Promise<void> {
  const run = async (sql: string) => {
    const results: pg.QueryResult[] = [await client.query(sql)].flat(); // several statements give a list
    return results.at(-1)?.rows ?? [];
  };
  await migrateOwn(run, { schema: "atoll", folder, base });
}

/** Brings further tables in schema `atoll` up to date: numbered SQL files that come after the journal's. */
export async function migrateFurther(databaseUrl: string, folder: URL): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [lockKey]);
    await applyFolder(client, folder, furtherBase);
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
    await applyFolder(client, migrations, 0);
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
