import pg from "pg";

// Beside the audit log's: each lock of the hub has a number of its own.
const lockKey = 4_729_022;

/**
 * Does `work` while no other process tends this environment's pool; undefined when one does. The lock is the
 * session's: whoever dies gives it up, whoever freezes keeps it, and nobody writes behind their back.
 */
export async function tendAlone<T>(
  databaseUrl: string,
  environment: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: "atoll pool" });
  client.on("error", () => {}); // a server that restarts meanwhile: what is tended looks before it acts
  await client.connect();
  try {
    const { rows } = await client.query<{ mine: boolean }>(
      "select pg_try_advisory_lock($1, hashtext($2)) as mine",
      [lockKey, environment],
    );
    return rows[0]?.mine ? await work() : undefined;
  } finally {
    await client.end().catch(() => {});
  }
}
