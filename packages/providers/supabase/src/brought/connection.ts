import { Fault, OutOfReach } from "@atoll/core/fault";
import { Secret } from "@atoll/core/secret";
import { type Connection, readConnection } from "@atoll/fleet/connection-string";
import type { SqlSession } from "@atoll/fleet/session";
import { HttpFault } from "@atoll/provider-kit/http-fault";
import type pg from "pg";
import { connectClient, connectPostgres, type PostgresAddress } from "../postgres.ts";

export const databaseField = "bring.supabase.databaseUrl";
const scriptTimeoutMs = 300_000;

/** A connection string taken apart; the fault about one that cannot be read holds nothing of it. */
export function connectionIn(databaseUrl: Secret): Connection {
  const found = readConnection(databaseUrl.expose());
  if (found !== undefined) return found;
  throw new Fault("rejected", {
    what: "The connection string cannot be read.",
    next: "Percent-encode the password in it (# as %23, ? as %3F, % as %25), and check host and port.",
    field: databaseField,
  });
}

/** Opens a client's own database. That it cannot be reached, or refuses us, is `OutOfReach`. */
export async function openBrought(databaseUrl: Secret): Promise<SqlSession> {
  const session = await reachingTheirs(databaseUrl, (address, secret) =>
    connectPostgres(address, secret, { timeoutMs: scriptTimeoutMs }),
  );
  return refusing(session, () => true);
}

/** A connection of its own to a client's database, without a limit for a query. Throws as `openBrought` does. */
export const clientToBrought = (databaseUrl: Secret): Promise<pg.Client> =>
  reachingTheirs(databaseUrl, connectClient);

async function reachingTheirs<T>(
  databaseUrl: Secret,
  reach: (address: PostgresAddress, password: Secret) => Promise<T>,
): Promise<T> {
  const { password, ...address } = connectionIn(databaseUrl);
  try {
    return await reach(address, new Secret("database password", password));
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    const { kind, what, next } = fault;
    const gone = isGone.test(what);
    throw new OutOfReach(gone || kind === "sign-in-again" ? "rejected" : kind, {
      what,
      next:
        kind === "sign-in-again"
          ? "Give the connection string with its newest password (`atoll up SLUG --file`), then retry the run."
          : gone
            ? "Check the connection string and that its project is there and not paused, then retry the run."
            : next,
      field: databaseField,
    });
  }
}

/** No such host, no such database; a pooler's word for a project that it does not know. */
const isGone = /ENOTFOUND|3D000|tenant or user not found/i;

/** A session by our own token: what it meets is out of reach, unless the token is no good or Supabase is away. */
export const throughOurs = (session: SqlSession): SqlSession =>
  refusing(session, (fault) => !(fault instanceof HttpFault && ours.includes(fault.status)));

const ours = [0, 401, 404, 429];

const refusing = (session: SqlSession, isTheirs: (fault: Fault) => boolean): SqlSession => ({
  ...session,
  async query(sql, options) {
    try {
      return await session.query(sql, options);
    } catch (fault) {
      if (!(fault instanceof Fault) || !isTheirs(fault)) throw fault;
      const { kind, what, next } = fault;
      throw new OutOfReach(kind === "sign-in-again" ? "rejected" : kind, { what, next }, { cause: fault });
    }
  },
});
