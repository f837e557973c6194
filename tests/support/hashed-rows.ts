/** Asks an instance's own database. */
type Ask = (query: string) => Promise<Record<string, unknown>[]>;

/** Every table's rows counted and hashed, those of accounts too, by the table's name. */
export async function hashedRows(ask: Ask): Promise<Record<string, unknown>> {
  const tables = await ask("select tablename as name from pg_tables where schemaname = 'public' order by 1");
  const found: Record<string, unknown> = {};
  for (const table of tables.map((each) => `public."${each.name}"`).concat("auth.users", "auth.identities")) {
    // What marks the database itself, its ledger, and whose account it is are no data.
    const text =
      table === "auth.users"
        ? "id::text || email::text || coalesce(encrypted_password::text, '')"
        : "x::text";
    const where = table.includes('instance_config"') ? "where key not like 'ATOLL%'" : "";
    const [row] = await ask(
      `select count(*)::text || ' ' || coalesce(md5(string_agg(${text}, '|' order by ${text})), '') as seen
         from ${table} x ${where}`,
    );
    found[table] = row?.seen;
  }
  for (const name of ["schema_migrations", "schema_version"]) delete found[`public."${name}"`];
  return found;
}
