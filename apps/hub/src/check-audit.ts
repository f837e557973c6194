import { migrateFurther, prepareDatabase } from "@atoll/engine/migrate";
import pg from "pg";
import { verifyChain } from "./store/audit.ts";
import { openStore } from "./store/store.ts";

/** The hub's own tables in schema `atoll`. */
export const hubMigrations = new URL("../migrations/", import.meta.url);

/** Goes through the audit log of a hub's database, whether the hub runs or not. */
export async function checkAudit(databaseUrl: string): ReturnType<typeof verifyChain> {
  await prepareDatabase(databaseUrl);
  await migrateFurther(databaseUrl, hubMigrations);
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  try {
    return await verifyChain(openStore(pool));
  } finally {
    await pool.end();
  }
}
