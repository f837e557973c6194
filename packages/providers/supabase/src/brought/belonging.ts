import { Fault } from "@atoll/core/fault";
import type { Address } from "@atoll/core/resource";
import type { Secret } from "@atoll/core/secret";
import { sqlLiteral } from "@atoll/fleet/quote";
import type { SqlSession } from "@atoll/fleet/session";
import { readState } from "@atoll/fleet/state";
import type { Http } from "@atoll/provider-kit/http";
import { connectionIn, databaseField } from "./connection.ts";

/** Opens the database that was brought. */
export type ConnectionOf = (at: Address) => Promise<SqlSession>;

interface Claim {
  /** Undefined where the project's address is a domain of the client's. */
  ref: string | undefined;
  url: string;
  databaseUrl: Secret;
  at: Address;
  connect: ConnectionOf;
  /** The project's Auth, opened by its secret key. */
  auth: Http;
}

/**
 * Sees to it that a connection leads to the database of the project which the keys open. Supabase's own connection
 * strings name its ref; where there is none, an account of its Auth has to be found in the database.
 */
export async function mustBelong({ ref, url, databaseUrl, at, connect, auth }: Claim): Promise<void> {
  const { host, user } = connectionIn(databaseUrl);
  if (ref !== undefined) {
    if (`${host} ${user}`.includes(ref)) return;
    throw refused(
      `The connection string does not lead to the database of project ${ref}.`,
      "Copy it from this project's own page (Connect), with its password.",
    );
  }
  const { users } = await auth.get<{ users: { id: string }[] }>("/admin/users", {
    query: { page: 1, per_page: 1 },
  });
  const [account] = users;
  const session = await connect(at);
  try {
    // Without an account our own mark is proof enough: it was only set after another look had found one.
    const proved = account ? await hasAccount(session, account.id) : await isMarked(session, at);
    if (proved) return;
  } finally {
    await session.close();
  }
  throw account
    ? refused(
        `The connection string leads to another database than that of the project at ${url}: its accounts are not in it.`,
        "Copy it from this very project, with its password.",
      )
    : refused(
        `Nothing shows that the connection string leads to the database of the project at ${url}: it has no account yet.`,
        "Give the project's own address (https://REF.supabase.co), or make an account in it (Authentication, Users) first.",
      );
}

async function hasAccount(session: SqlSession, id: string): Promise<boolean> {
  const [known] = await session.query("select to_regclass('auth.users') is not null as is_there");
  if (known?.is_there !== true) return false;
  const rows = await session.query(`select id from auth.users where id::text = ${sqlLiteral(id)}`);
  return rows.length > 0;
}

const isMarked = async (session: SqlSession, at: Address) =>
  (await readState(session))?.owner === at.instance;

const refused = (what: string, next: string) => new Fault("rejected", { what, next, field: databaseField });
