import { randomBytes } from "node:crypto";
import { Fault } from "@atoll/core/fault";
import { scratchOwner, scratchRoles, scratchSql } from "@atoll/fleet/rehearse/shape";
import { SqlFault, type SqlSession } from "@atoll/fleet/session";
import { createDatabase, dropDatabase } from "@atoll/postgres/database";
import pg from "pg";

/** Scratch databases: made, used, dropped. */
export interface Scratch {
  with<T>(work: (session: SqlSession, serverMajor: number) => Promise<T>): Promise<T>;
}

const rights = {
  next: "Let the hub's login make databases and roles, or name another server in ATOLL_SCRATCH_URL.",
  field: "ATOLL_SCRATCH_URL",
};

/**
 * Scratch databases on the hub's own server, or where `ATOLL_SCRATCH_URL` says. They are shaped like a new project and
 * worked on as its owner, who may do no more there than at the provider.
 */
export function openScratch(adminUrl: string): Scratch {
  return {
    async with(work) {
      const name = `atoll_scratch_${randomBytes(8).toString("hex")}`;
      const client = await made(adminUrl, name);
      client.on("error", () => {}); // an ended session shows in the next query
      try {
        const { rows } = await client.query<{ major: number }>(
          "select current_setting('server_version_num')::integer / 10000 as major",
        );
        await client.query(scratchSql);
        await client.query(`set session authorization ${pg.escapeIdentifier(scratchOwner)}`);
        return await work(sessionOn(client), rows[0]?.major ?? 0);
      } finally {
        await client.end().catch(() => {});
        await dropDatabase(adminUrl, name).catch(() => {}); // swept at the next one's start
      }
    },
  };
}

async function made(adminUrl: string, name: string): Promise<pg.Client> {
  const admin = new pg.Client({ connectionString: adminUrl });
  try {
    await admin.connect();
    for (const role of scratchRoles) await admin.query(role);
    const { rows } = await admin.query<{ datname: string }>(
      `select datname from pg_database d where datname like 'atoll\\_scratch\\_%'
         and not exists (select from pg_stat_activity a where a.datname = d.datname)`,
    );
    for (const { datname } of rows) await dropDatabase(adminUrl, datname);
    await createDatabase(adminUrl, name);
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown";
    throw new Fault(
      "rejected",
      { what: `No scratch database could be made: ${why}.`, ...rights },
      { cause: error },
    );
  } finally {
    await admin.end().catch(() => {});
  }
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  return client;
}

function sessionOn(client: pg.Client): SqlSession {
  return {
    lasting: true,
    async query(sql) {
      try {
        const results: pg.QueryResult[] = [await client.query(sql)].flat(); // several statements give a list
        return results.at(-1)?.rows ?? [];
      } catch (error) {
        if (!(error instanceof pg.DatabaseError)) throw error;
        throw new SqlFault("rejected", {
          what: `The scratch database refused: ${error.code}: ${error.message}`,
          next: "Correct the SQL.",
          sqlState: error.code ?? "",
        });
      }
    },
    close: async () => {},
  };
}
