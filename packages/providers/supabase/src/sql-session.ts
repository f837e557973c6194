import { Fault } from "@atoll/core/fault";
import type { Secret } from "@atoll/core/secret";
import { DatabaseGone, SqlFault, type SqlSession } from "@atoll/fleet/session";
import { HttpFault } from "@atoll/provider-kit/http-fault";
import type { SupabaseApi } from "./api.ts";
import { connectPostgres, type PostgresAddress, passing, withoutRows } from "./postgres.ts";

/** How projects' databases are reached. */
export interface SqlOptions {
  /** SQL endpoint of the Management API, a connection to the database itself (IPv6 only), or to the pooler. */
  mode: "endpoint" | "direct" | "pooler";
  /** Where a project's database is, with `REF` for its ref. Default: postgresql://postgres@db.REF.supabase.co */
  databaseUrl?: string;
}

/** One pooler of a project, as `GET .../config/database/pooler` names it. */
export interface PoolerBody {
  database_type: string;
  pool_mode: string;
  db_host: string;
  db_port: number;
  db_user: string;
  db_name: string;
}

/** A script may build many indexes. */
const scriptTimeoutMs = 300_000;

/**
 * Opens SQL sessions in projects, in one of three ways. A text of several statements is one transaction in all of
 * them, as long as it does not begin one itself. `access` is the database's password; the endpoint needs none.
 */
export function sqlSession(
  api: SupabaseApi,
  options: SqlOptions,
): (at: { within?: string; access?: Secret }) => Promise<SqlSession> {
  const ways = { endpoint, direct, pooler };

  async function endpoint(ref: string): Promise<SqlSession> {
    return {
      async query(sql, { reads = readsOnly(sql) } = {}) {
        try {
          const rows = await api.http.post<unknown>("/v1/projects/{ref}/database/query", {
            params: { ref },
            // A look is marked as one: it may be repeated, and the provider holds it to writing nothing.
            body: { query: sql, ...(reads && { read_only: true }) },
            safe: reads,
            timeoutMs: scriptTimeoutMs,
          });
          return Array.isArray(rows) ? rows : [];
        } catch (fault) {
          if (fault instanceof HttpFault && fault.status === 404) throw new DatabaseGone(fault.what);
          throw fault instanceof HttpFault ? refusedIn(fault) : fault;
        }
      },
      async close() {},
    };
  }

  async function direct(ref: string, access: Secret | undefined): Promise<SqlSession> {
    return await connected(ref, addressOf((options.databaseUrl ?? hosted).replaceAll("REF", ref)), access);
  }

  async function pooler(ref: string, access: Secret | undefined): Promise<SqlSession> {
    // Which pooler a project has cannot be derived: a wrong one answers "Tenant or user not found".
    const bodies = await api.http.getOrGone<PoolerBody[]>("/v1/projects/{ref}/config/database/pooler", {
      params: { ref },
    });
    if (!bodies) throw new DatabaseGone();
    const primary = bodies.filter((each) => each.database_type === "PRIMARY");
    const found = primary.find((each) => each.pool_mode === "session") ?? primary[0];
    if (!found) throw new Error(`Supabase names no pooler for project ${ref}.`);
    const { db_host: host, db_port: port, db_user: user, db_name: database } = found;
    // Behind a transaction pooler each query may come to another session.
    return await connected(ref, { host, port, user, database }, access, found.pool_mode === "session");
  }

  async function connected(
    ref: string,
    address: PostgresAddress,
    access: Secret | undefined,
    lasting = true,
  ) {
    if (!access) throw new Error("A connection to Postgres needs `access`: the database's password");
    try {
      return await connectPostgres(address, access, { timeoutMs: scriptTimeoutMs, lasting });
    } catch (fault) {
      const found = await api.project(ref);
      if (!found || found.status === "REMOVED") throw new DatabaseGone();
      throw fault;
    }
  }

  return async ({ within, access }) => {
    if (within === undefined) throw new Error("An SQL session needs `within`: a project's ref");
    if (within.startsWith("host:"))
      throw new Fault("rejected", {
        what: `The database of ${within.slice(5)} is a client's own: only its instance's runs open it.`,
        next: "Look at it with the client's own connection.",
      });
    return await ways[options.mode](within, access);
  };
}

/** Where a hosted project's database listens; over IPv6 only. */
export const hosted = "postgresql://postgres@db.REF.supabase.co:5432/postgres";

/** A connection URL without a password, taken apart. */
export function addressOf(text: string): PostgresAddress {
  const url = new URL(text);
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    database: url.pathname.slice(1),
  };
}

/** One `select` and nothing behind it. Anything else counts as a write. */
function readsOnly(sql: string): boolean {
  return /^\s*select\b/i.test(sql) && !sql.trim().slice(0, -1).includes(";");
}

/** The endpoint says an SQL error in a sentence that holds its SQLSTATE ("ERROR:  55P03: ..."). */
function refusedIn(fault: HttpFault): Fault {
  const [, sqlState] = /ERROR:\s+([0-9A-Z]{5}):/.exec(fault.what) ?? [];
  if (sqlState === undefined) return fault;
  const { next, call } = fault;
  const what = withoutRows(sqlState, fault.what);
  const kind = passing.test(sqlState) ? "try-again" : fault.kind;
  return new SqlFault(kind, { what, next, sqlState, ...(call !== undefined && { call }) }, { cause: fault });
}
