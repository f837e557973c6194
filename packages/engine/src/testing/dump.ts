import pg from "pg";

/** Every row of every table of a schema, as text: two dumps are equal when nothing was written. */
export async function dumpSchema(databaseUrl: string, schema: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = $1 order by 1",
      [schema],
    );
    const parts: string[] = [];
    for (const { name } of tables.rows) {
      const rows = await client.query<{ line: string }>(
        `select t::text as line from "${schema}"."${name}" t order by 1`,
      );
      parts.push(name, ...rows.rows.map((row) => row.line));
    }
    return parts.join("\n");
  } finally {
    await client.end();
  }
}
