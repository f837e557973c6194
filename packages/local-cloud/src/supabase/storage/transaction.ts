import type pg from "pg";
import type { Caller } from "../data/handler.ts";

/** Runs a statement with the rights of whoever is named, in the transaction that it belongs to. */
export type Run = <Row extends pg.QueryResultRow>(
  caller: Caller,
  text: string,
  values?: unknown[],
) => Promise<Row[]>;

/** Storage itself: what asks no policy, as a bucket's limits or an object opened by a signed address. */
export const service: Caller = { role: "service_role", claims: { role: "service_role" } };

/**
 * One transaction in a project's database; row-level security decides for each statement whose rights it has.
 * With `rollback` it only tries whether everything is allowed.
 */
export async function transaction<T>(
  pool: pg.Pool,
  work: (run: Run) => Promise<T>,
  ending: "commit" | "rollback" = "commit",
): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  let current: Caller | undefined;
  const run: Run = async <Row extends pg.QueryResultRow>(
    caller: Caller,
    text: string,
    values?: unknown[],
  ) => {
    if (caller !== current) {
      // The role is one of three words of ours; the claims are a value.
      await client.query(`set local role ${caller.role}`);
      await client.query(
        `select set_config('request.jwt.claims', $1, true), set_config('storage.allow_delete_query', 'true', true),
                set_config('search_path', 'storage, public, extensions', true)`,
        [JSON.stringify(caller.claims)],
      );
      current = caller;
    }
    return (await client.query<Row>(text, values)).rows;
  };
  try {
    await client.query("begin");
    const result = await work(run);
    await client.query(ending);
    return result;
  } catch (error) {
    await client.query("rollback").catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
