import { sql, type Transaction } from "kysely";
import type { Tables } from "../store/tables.ts";

/** Addresses of all owners: who hears of failures unless the settings name somebody. */
export async function listOwners(tx: Transaction<Tables>): Promise<string[]> {
  const { rows } = await sql<{ email: string }>`
    select email from people."user" where role = 'owner' order by email`.execute(tx);
  return rows.map((row) => row.email);
}
