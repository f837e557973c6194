import path from "node:path";
import { createDatabase } from "@atoll/postgres/database";
import { startPostgres } from "@atoll/postgres/postgres";
import pg from "pg";

/** The hub's database, and how to let go of it. */
export interface HubDatabase {
  url: string;
  /** Lets go. An embedded server is ended by whoever leaves last. */
  close(): Promise<void>;
}

async function othersUseIt(adminUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ others: number }>(
      `select count(*)::int as others from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    return (rows[0]?.others ?? 0) > 0;
  } finally {
    await client.end();
  }
}

/** `DATABASE_URL`, or an embedded Postgres in the home folder, shared by all processes that use this folder. */
export async function openDatabase(env: NodeJS.ProcessEnv, home: string): Promise<HubDatabase> {
  if (env.DATABASE_URL) return { url: env.DATABASE_URL, close: async () => {} };
  const server = await startPostgres({ dataDir: path.join(home, "hub") });
  await createDatabase(server.url("postgres"), "atoll");
  return {
    url: server.url("atoll"),
    close: async () => {
      if (!(await othersUseIt(server.url("postgres")))) await server.stop();
    },
  };
}
