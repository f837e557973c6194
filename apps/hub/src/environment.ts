import { Fault } from "@atoll/core/fault";
import { migrateFurther, prepareDatabase } from "@atoll/engine/migrate";
import pg from "pg";
import { hubMigrations } from "./check-audit.ts";
import type { ProviderSettings } from "./settings.ts";

/** What tells one set of accounts from another. Hosts of n8n and Gitea may move, these do not. */
function accountsOf({ supabase, github, vercel }: ProviderSettings): Record<string, string> {
  return { supabase: supabase.organization, github: github.organization, vercel: vercel.team };
}

/**
 * Holds an environment's name to its accounts: what was made with one set is never looked for, repaired or removed
 * with another. Throws a fault on field "ATOLL_ENVIRONMENT" when the name belongs to other accounts.
 */
export async function holdEnvironment(
  databaseUrl: string,
  name: string,
  settings: ProviderSettings,
): Promise<void> {
  await prepareDatabase(databaseUrl);
  await migrateFurther(databaseUrl, hubMigrations);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const accounts = accountsOf(settings);
    await client.query(
      "insert into atoll.environments (name, accounts) values ($1, $2) on conflict (name) do nothing",
      [name, JSON.stringify(accounts)],
    );
    const { rows } = await client.query<{ accounts: Record<string, string> }>(
      "select accounts from atoll.environments where name = $1",
      [name],
    );
    const theirs = rows[0]?.accounts ?? {};
    const other = Object.entries(accounts).filter(([provider, account]) => theirs[provider] !== account);
    if (other.length === 0) return;
    const named = other.map(
      ([provider, account]) => `${provider} "${account}" instead of "${theirs[provider]}"`,
    );
    throw new Fault("rejected", {
      what: `The environment "${name}" belongs to other accounts: ${named.join(", ")}.`,
      next: "Use the accounts that it began with, or set ATOLL_ENVIRONMENT to another name for these.",
      field: "ATOLL_ENVIRONMENT",
    });
  } finally {
    await client.end();
  }
}
