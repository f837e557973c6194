import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createDatabase } from "@atoll/postgres/database";
import { startPostgres } from "@atoll/postgres/postgres";
import pg from "pg";

/** The hub's database, and how to let go of it. */
export interface HubDatabase {
  url: string;
  /** Lets go. An embedded server is ended by whoever leaves last. */
  close(): Promise<void>;
}

const tenants = 4_729_004; // whoever uses the server holds this lock, shared
const mostTries = 20;

/** A session that shows that somebody is here. Undefined = the server is going down just now. */
async function moveIn(adminUrl: string): Promise<pg.Client | undefined> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: "atoll tenant" });
  client.on("error", () => {}); // a server that ends takes the session along
  try {
    await client.connect();
    await client.query("select pg_advisory_lock_shared($1)", [tenants]);
    return client;
  } catch {
    await client.end().catch(() => {});
    return undefined;
  }
}

/**
 * Moves out; who leaves last ends the server. The lock against newcomers is held until the server is gone: one who
 * comes meanwhile waits for the lock and loses the session with it, and never uses a server that is about to end.
 */
async function moveOut(client: pg.Client, stop: () => Promise<void>): Promise<void> {
  try {
    if (await isLast(client)) await stop();
  } finally {
    await client.end().catch(() => {});
  }
}

async function isLast(client: pg.Client): Promise<boolean> {
  try {
    await client.query("select pg_advisory_unlock_shared($1)", [tenants]);
    const { rows } = await client.query<{ last: boolean }>("select pg_try_advisory_lock($1) as last", [
      tenants,
    ]);
    return rows[0]?.last === true;
  } catch {
    return false; // it is down already
  }
}

/** `DATABASE_URL`, or an embedded Postgres in the home folder, shared by all processes that use this folder. */
export async function openDatabase(env: NodeJS.ProcessEnv, home: string): Promise<HubDatabase> {
  if (env.DATABASE_URL) return { url: env.DATABASE_URL, close: async () => {} };
  for (let tries = 0; tries < mostTries; tries++) {
    const server = await startPostgres({ dataDir: path.join(home, "hub") });
    const here = await moveIn(server.url("postgres"));
    if (here !== undefined) {
      await createDatabase(server.url("postgres"), "atoll");
      return {
        url: server.url("atoll"),
        close: () => moveOut(here, () => server.stop()),
      };
    }
    // The one who left last is ending it: once it is down it is started anew.
    await sleep(100);
  }
  throw new Error("The embedded Postgres was ended again and again while it was needed.");
}
