import type { Ask } from "@atoll/archive/catalog";
import { Fault } from "@atoll/core/fault";
import type { Situation } from "@atoll/core/operation";
import { DatabaseGone } from "@atoll/fleet/session";
import type pg from "pg";
import type { Accounts } from "../accounts.ts";
import type { Databases } from "../schema/databases.ts";

/** What is needed to reach an instance's database. */
interface Reach {
  accounts: Pick<Accounts, "looksAt">;
  databases: Pick<Databases, "open">;
}

/** Whose database it is. */
type DatabaseOf = Pick<Situation, "instance" | "things" | "secrets">;

/** Rows of an instance as a dump reads them: of one moment by a connection, page by page without one. */
export type RowsFrom = { client: pg.Client } | { ask: Ask };

/** Id of the project that an instance's schema stands in. Throws a fault where it has none. */
export function projectOf({ instance, things }: Pick<DatabaseOf, "instance" | "things">): string {
  const schema = [...things.values()].find(({ kind }) => kind === "postgres.schema");
  if (schema !== undefined) return schema.id;
  throw new Fault("rejected", {
    what: `"${instance.slug}" has no database yet, or none any more.`,
    next: "Repair it first; what was archived gets its things again that way.",
    field: "slug",
  });
}

/**
 * Does some work over a connection of its own to an instance's database, as the owner of its tables. Throws a fault where
 * there is no way but the SQL endpoint, which can neither load nor compare.
 */
export async function withClient<T>(
  reach: Reach,
  of: DatabaseOf,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await clientFor(reach, of);
  if (client === undefined)
    throw new Fault("rejected", {
      what: `The database of "${of.instance.slug}" is reached by the SQL endpoint only, which cannot take in rows.`,
      next: "Give the instance a connection string to its database (`atoll up SLUG --file`), then retry.",
    });
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Does some work with an instance's rows: over a connection, or by its SQL endpoint where no connection is to be had. */
export async function withRows<T>(
  reach: Reach,
  of: DatabaseOf,
  work: (from: RowsFrom) => Promise<T>,
): Promise<T> {
  const client = await clientFor(reach, of).catch((error: unknown) => {
    // What no connection reaches (IPv6 only, a certificate that this machine does not know) the endpoint may: where it
    // does not, it says why itself.
    if (error instanceof Fault) return undefined;
    throw error;
  });
  if (client !== undefined)
    try {
      return await work({ client });
    } finally {
      await client.end().catch(() => {});
    }
  const session = await reach.databases.open(of.instance.slug);
  try {
    return await work({ ask: (sql) => session.query(sql, { reads: true }) });
  } finally {
    await session.close();
  }
}

async function clientFor({ accounts }: Reach, of: DatabaseOf): Promise<pg.Client | undefined> {
  const within = projectOf(of);
  const access = of.secrets.databasePassword;
  try {
    return await accounts.looksAt(of.instance.answers).client({ within, ...(access && { access }) });
  } catch (error) {
    if (!(error instanceof DatabaseGone)) throw error;
    throw new Fault(
      "rejected",
      {
        what: `The database of "${of.instance.slug}" is not there any more.`,
        next: "Repair the instance, which makes it anew, or restore a backup as a new instance.",
        field: "slug",
      },
      { cause: error },
    );
  }
}
