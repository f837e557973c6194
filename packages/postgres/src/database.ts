import pg from "pg";

async function asAdmin<T>(adminUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Makes a database, from a template where one is named. One that exists is left as it is. */
export async function createDatabase(
  adminUrl: string,
  name: string,
  options: { template?: string } = {},
): Promise<void> {
  await asAdmin(adminUrl, async (client) => {
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [name]);
    if (rowCount === 1) return;
    const template =
      options.template === undefined ? "" : ` template ${pg.escapeIdentifier(options.template)}`;
    try {
      await client.query(`create database ${pg.escapeIdentifier(name)}${template}`);
    } catch (error) {
      // 42P04, 23505: another process made it in between.
      if (!(error instanceof pg.DatabaseError) || (error.code !== "42P04" && error.code !== "23505"))
        throw error;
    }
  });
}

/** Removes a database and ends its sessions; one that is not there is fine. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await asAdmin(adminUrl, (client) =>
    client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`),
  );
}
