import { migrateFurther, prepareDatabase } from "@atoll/engine/migrate";
import pg from "pg";
import { hubMigrations } from "../check-audit.ts";
import { openStore, type Store } from "./store.ts";

/** The hub's store for whoever may not need it: opened, and brought up to date, when it is asked for. */
export function openLater(databaseUrl: string): { store(): Promise<Store>; close(): Promise<void> } {
  let opened: Promise<{ pool: pg.Pool; store: Store }> | undefined;

  async function open() {
    // From the command line nobody may have brought the hub's own tables up to date yet.
    await prepareDatabase(databaseUrl);
    await migrateFurther(databaseUrl, hubMigrations);
    const pool = new pg.Pool({
      connectionString: databaseUrl,
      max: 4,
      application_name: "atoll store",
      connectionTimeoutMillis: 30_000, // also of the wait for one of the four: an error rather than silence
    });
    pool.on("error", () => {});
    return { pool, store: openStore(pool) };
  }

  return {
    async store() {
      opened ??= open();
      try {
        return (await opened).store;
      } catch (error) {
        opened = undefined; // a database that was down for a moment is tried again
        throw error;
      }
    },
    async close() {
      const there = await opened?.catch(() => undefined);
      opened = undefined;
      await there?.pool.end();
    },
  };
}
