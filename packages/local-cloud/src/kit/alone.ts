import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/** "atol" in ASCII: the advisory lock that a running cloud holds on its own Postgres. */
const lockKey = 0x61746f6c;
const patienceMs = 5000;

/**
 * Makes sure that only one cloud works on a folder: two would write over each other's store. The lock ends
 * with the process that holds it, however it ends; one that was killed a moment ago is waited for.
 */
export async function standAlone(postgresUrl: string, dataDir: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: postgresUrl });
  client.on("error", () => {});
  await client.connect();
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const { rows } = await client.query<{ held: boolean }>("select pg_try_advisory_lock($1) as held", [
      lockKey,
    ]);
    if (rows[0]?.held) return () => client.end();
    if (performance.now() > giveUpAt) break;
    await sleep(100);
  }
  await client.end();
  throw new Error(
    `A local cloud runs on ${dataDir} already: its cloud.json says where. Use that one, or end it first.`,
  );
}
