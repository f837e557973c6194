import { Fault } from "@atoll/core/fault";
import type { Secret } from "@atoll/core/secret";
import { SqlFault, type SqlSession } from "@atoll/fleet/session";
import { redactor } from "@atoll/provider-kit/redact";
import pg from "pg";

/** Where a Postgres server listens and who signs in. */
export interface PostgresAddress {
  host: string;
  port: number;
  user: string;
  database: string;
}

const loopback = /^(localhost|127(\.\d+){3}|::1)$/;

/** SQLSTATE classes and codes that mend themselves: connections, resources, locks, serialisation, starting up. */
export const passing = /^(08|53|40|55P03|57P0[123])/;

/**
 * Connects, with TLS and a checked certificate unless on this machine. Without `queryTimeoutMs` a query may take as long
 * as it takes. Throws `Fault`s that hold no password; what a query throws is Postgres's own.
 */
export async function connectClient(
  address: PostgresAddress,
  password: Secret,
  options: { queryTimeoutMs?: number } = {},
): Promise<pg.Client> {
  const client = new pg.Client({
    ...address,
    password: password.expose(),
    ...(!loopback.test(address.host) && { ssl: true }),
    application_name: "atoll",
    connectionTimeoutMillis: 15_000,
    keepAlive: true,
    ...(options.queryTimeoutMs !== undefined && { query_timeout: options.queryTimeoutMs }),
  });
  client.on("error", () => {}); // a connection that ends between two queries shows in the next one
  try {
    await client.connect();
  } catch (error) {
    throw connectFault(address.host, error, redactor([password]));
  }
  return client;
}

/** A connection as a session; an error's text holds no password. */
export async function connectPostgres(
  address: PostgresAddress,
  password: Secret,
  options: { timeoutMs: number; lasting?: boolean },
): Promise<SqlSession> {
  const redact = redactor([password]);
  const client = await connectClient(address, password, { queryTimeoutMs: options.timeoutMs });
  return {
    lasting: options.lasting ?? true,
    async query(sql) {
      try {
        // Several statements in one text give a list of results; the typings know only one.
        const results: pg.QueryResult[] = [await client.query(sql)].flat();
        return results.at(-1)?.rows ?? [];
      } catch (error) {
        throw queryFault(error, redact);
      }
    },
    close: () => client.end(),
  };
}

/**
 * An error's text without what stands in the rows: its details quote them, and so does what does not fit a type (22023
 * is what functions of ours say in their own words).
 */
export function withoutRows(sqlState: string, text: string): string {
  const bare = text.replace(/\s*\b(?:DETAIL|HINT|CONTEXT|QUERY|WHERE):[\s\S]*$/, "");
  return sqlState.startsWith("22") && sqlState !== "22023" ? bare.replace(/"[^"]*"/g, '"…"') : bare;
}

function textOf(error: unknown, redact: (text: string) => string): string {
  if (!(error instanceof Error)) return "unknown error";
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return redact(error.message);
  return redact(withoutRows(error.code, `${error.code}: ${error.message}`));
}

function connectFault(host: string, error: unknown, redact: (text: string) => string): Fault {
  const text = textOf(error, redact);
  const what = `The database at ${host} was not reached: ${text}`;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "28P01" || code === "28000")
    return new Fault("sign-in-again", {
      what,
      next: "Set the project's database password to the one that the hub has, then retry the run.",
    });
  if (/CERT|SELF_SIGNED|TLS|SSL/.test(`${code} ${text}`))
    return new Fault("rejected", {
      what,
      next: "Start the hub with NODE_EXTRA_CA_CERTS naming Supabase's certificate (dashboard, Database, SSL configuration), or set SUPABASE_CONNECTION=endpoint.",
    });
  return new Fault("try-again", {
    what,
    next: "Nothing: it is repeated. A direct connection needs IPv6; without it set SUPABASE_CONNECTION=pooler or endpoint.",
  });
}

function queryFault(error: unknown, redact: (text: string) => string): Fault {
  const text = textOf(error, redact);
  if (!(error instanceof pg.DatabaseError))
    return new Fault("outcome-unknown", {
      what: `The connection to the database broke off: ${text}`,
      next: "Nothing: what really happened is looked up before it is repeated.",
    });
  const sqlState = error.code ?? "";
  if (passing.test(sqlState))
    return new SqlFault("try-again", {
      what: `The database is busy: ${text}`,
      next: "Nothing: it is repeated.",
      sqlState,
    });
  return new SqlFault("rejected", {
    what: `The database refused: ${text}`,
    next: "Correct the SQL, then retry the run.",
    sqlState,
  });
}
