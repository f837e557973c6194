import { migrateFurther, prepareDatabase } from "@atoll/engine/migrate";
import pg from "pg";
import { hubMigrations } from "./check-audit.ts";
import { passwordToken } from "./services/people.ts";
import { record } from "./store/audit.ts";
import { openStore } from "./store/store.ts";

/**
 * A one-time link with which a member chooses a new password, whether the hub runs or not: for whoever may write to its
 * database anyway. Undefined = nobody has this address.
 */
export async function passwordLink(
  databaseUrl: string,
  { email, baseUrl }: { email: string; baseUrl: string },
): Promise<string | undefined> {
  await prepareDatabase(databaseUrl);
  await migrateFurther(databaseUrl, hubMigrations);
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  try {
    const { rows } = await pool.query(`select to_regclass('people."user"') is not null as here`);
    if (rows[0]?.here !== true) return undefined; // no hub has ever run on it
    return await openStore(pool)
      .transaction()
      .execute(async (tx) => {
        const token = await passwordToken(tx, email);
        if (token === undefined) return undefined;
        await record(tx, {
          actor: "terminal",
          action: "account.password-link",
          subject: `person/${email.toLowerCase()}`,
        });
        return `${baseUrl}/welcome?reset=true&token=${encodeURIComponent(token)}`;
      });
  } finally {
    await pool.end();
  }
}
