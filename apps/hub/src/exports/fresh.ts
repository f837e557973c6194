import { type Ask, literal, readTables, relation } from "@atoll/archive/catalog";
import { tableName } from "@atoll/archive/manifest";

/**
 * Name of a table of an instance's database that holds more than a fresh instance does; undefined where all is fresh.
 * Fresh are rows that came with a migration (their transaction is one that the ledger names), the vault, and the first
 * admin's account with the rows that are about it.
 */
export async function notFresh(ask: Ask, adminEmail: string): Promise<string | undefined> {
  const [others] = await ask(
    `select exists (select from auth.users where lower(email) is distinct from lower(${literal(adminEmail)})
       or last_sign_in_at is not null) as there`,
  );
  if (others?.there === true) return "auth.users";
  const [admin] = await ask(`select id::text as id from auth.users limit 1`);
  const about = admin === undefined ? "false" : `strpos(t::text, ${literal(String(admin.id))}) > 0`;
  for (const table of await readTables(ask)) {
    const name = tableName(table);
    if (table.schema !== "public" || name === "public.instance_config") continue;
    const [row] = await ask(
      `select exists (select from ${relation(table)} t
         where xmin::text not in (select xmin::text from public.schema_migrations) and not (${about})) as there`,
    );
    if (row?.there === true) return name;
  }
  return undefined;
}
