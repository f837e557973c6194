import { Fault } from "@atoll/core/fault";
import type { Secret } from "@atoll/core/secret";
import { DatabaseGone } from "@atoll/fleet/session";
import type pg from "pg";
import type { SupabaseApi } from "./api.ts";
import { connectClient, type PostgresAddress } from "./postgres.ts";
import { addressOf, hosted, type PoolerBody, type SqlOptions } from "./sql-session.ts";

/** The shared pooler gives whole sessions at this port, also where a project's setting names its other one. */
const sessionPort = 5432;

/**
 * Connects to a project's database for what a session over HTTP cannot do: `COPY`, one long transaction. Where the schema
 * goes by the SQL endpoint, too: then by the address that was set, else by the pooler, which IPv4 reaches. The owner ends it.
 */
export function databaseClient(
  api: SupabaseApi,
  options: SqlOptions,
): (at: { within: string; access: Secret }) => Promise<pg.Client> {
  async function addressIn(ref: string): Promise<PostgresAddress> {
    if (options.mode === "direct" || options.databaseUrl !== undefined)
      return addressOf((options.databaseUrl ?? hosted).replaceAll("REF", ref));
    const bodies = await api.http.getOrGone<PoolerBody[]>("/v1/projects/{ref}/config/database/pooler", {
      params: { ref },
    });
    const found = bodies?.find((each) => each.database_type === "PRIMARY");
    if (!found) throw new DatabaseGone();
    const port = found.pool_mode === "session" ? found.db_port : sessionPort;
    return { host: found.db_host, port, user: found.db_user, database: found.db_name };
  }

  return async ({ within, access }) => {
    if (within.startsWith("host:"))
      throw new Fault("rejected", {
        what: `The database of ${within.slice(5)} is a client's own: only its instance's runs open it.`,
        next: "Look at it with the client's own connection.",
      });
    const address = await addressIn(within);
    try {
      return await connectClient(address, access);
    } catch (fault) {
      const found = await api.project(within);
      if (!found || found.status === "REMOVED") throw new DatabaseGone();
      throw fault;
    }
  };
}
