import { randomBytes } from "node:crypto";
import { Fault } from "@atoll/core/fault";
import { scratchOwner, scratchRoles, scratchSql } from "@atoll/fleet/rehearse/shape";
import { SqlFault, type SqlSession } from "@atoll/fleet/session";
import { createDatabase, dropDatabase } from "@atoll/postgres/database";
import pg from "pg";

/** Scratch databases: made, used, dropped. */
export interface Scratch {
  with<T>(work: (session: SqlSession, serverMajor: number, tools: ScratchTools) => Promise<T>): Promise<T>;
  /** Drops what processes left that died. */
  sweep(): Promise<void>;
}

/** What loading rows into a scratch database takes beside a session. */
interface ScratchTools {
  /** The connection under the session, as the database's owner. */
  client: pg.Client;
  /** Runs SQL as the server's own login, for what belongs to the provider in a project. */
  asProvider(sql: string): Promise<void>;
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
      const { client, serverMajor } = await made(adminUrl, name);
      try {
        return await work(sessionOn(client), serverMajor, {
          client,
          asProvider: (sql) => asProvider(adminUrl, name, sql),
        });
      } finally {
        await client.end().catch(() => {});
        await removed(adminUrl, name).catch(() => {}); // swept later, or when the next one is made
      }
    },

    async sweep() {
      const admin = new pg.Client({ connectionString: adminUrl });
      try {
        await admin.connect();
        await admin.query("select pg_advisory_lock($1)", [sweeping]);
        await sweep(admin, adminUrl);
      } finally {
        await admin.end().catch(() => {}); // gives the lock back
      }
    },
  };
}

const sweeping = 4_729_005; // whoever makes one holds it: nobody sweeps what is being made

/**
 * Makes a database and a login of the same name that may do nothing but become its owner: whatever a migration says to
 * leave that role leads to a login without rights.
 */
async function made(adminUrl: string, name: string): Promise<{ client: pg.Client; serverMajor: number }> {
  const admin = new pg.Client({ connectionString: adminUrl });
  const shaper = new pg.Client({ connectionString: urlTo(adminUrl, name) });
  const password = randomBytes(24).toString("hex");
  try {
    await admin.connect();
    await admin.query("select pg_advisory_lock($1)", [sweeping]);
    for (const role of scratchRoles) await admin.query(role);
    await sweep(admin, adminUrl);
    await createDatabase(adminUrl, name);
    await shaper.connect();
    await shaper.query(scratchSql);
    await admin.query(
      `create role ${name} login noinherit password ${pg.escapeLiteral(password)} in role ${pg.escapeIdentifier(scratchOwner)}`,
    );
    const url = new URL(urlTo(adminUrl, name));
    url.username = name;
    url.password = password;
    const client = new pg.Client({ connectionString: url.href });
    client.on("error", () => {}); // an ended session shows in the next query
    await client.connect();
    await client.query(`set role ${pg.escapeIdentifier(scratchOwner)}`);
    const { rows } = await client.query<{ major: number }>(
      "select current_setting('server_version_num')::integer / 10000 as major",
    );
    return { client, serverMajor: rows[0]?.major ?? 0 };
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown";
    throw new Fault(
      "rejected",
      { what: `No scratch database could be made: ${why}.`, ...rights },
      { cause: error },
    );
  } finally {
    await shaper.end().catch(() => {});
    await admin.end().catch(() => {}); // gives the lock back
  }
}

function urlTo(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.href;
}

async function asProvider(adminUrl: string, name: string, sql: string): Promise<void> {
  const admin = new pg.Client({ connectionString: urlTo(adminUrl, name) });
  await admin.connect();
  await admin.query(sql).finally(() => admin.end());
}

async function removed(adminUrl: string, name: string): Promise<void> {
  await dropDatabase(adminUrl, name);
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(`drop role if exists ${name}`).finally(() => admin.end());
}

/** Removes what a process left that died while it rehearsed. */
async function sweep(admin: pg.Client, adminUrl: string): Promise<void> {
  const { rows } = await admin.query<{ datname: string }>(
    `select datname from pg_database d where datname ~ '^atoll_scratch_[0-9a-f]{16}$'
       and not exists (select from pg_stat_activity a where a.datname = d.datname)`,
  );
  for (const { datname } of rows) await removed(adminUrl, datname).catch(() => {}); // another's hand was faster
  const roles = await admin.query<{ rolname: string }>(
    `select rolname from pg_roles where rolname ~ '^atoll_scratch_[0-9a-f]{16}$'
       and not exists (select from pg_database where datname = rolname)`,
  );
  for (const { rolname } of roles.rows) await admin.query(`drop role if exists ${rolname}`).catch(() => {});
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
