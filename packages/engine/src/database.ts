import pg from "pg";

/** Runs one statement and gives its rows. */
export type Query = <Row extends object>(sql: string, params?: unknown[]) => Promise<Row[]>;

export interface Database {
  pool: pg.Pool;
  query: Query;
  /** Everything `work` does commits together or not at all. `client` is for SDK calls that join in. */
  tx<T>(work: (query: Query, client: pg.PoolClient) => Promise<T>): Promise<T>;
  /** Everything `work` reads is of one moment. */
  snapshot<T>(work: (query: Query) => Promise<T>): Promise<T>;
}

/** The hub's own Postgres could not be reached: that says nothing about the step under way. */
export class JournalLostError extends Error {
  constructor(cause: unknown) {
    super("The journal cannot be reached.", { cause });
    this.name = "JournalLostError";
  }
}

// Gone, going, full, ended while idle, or chosen to end a deadlock: nothing was written, asking again helps.
const lostStates = /^(08|57P0|53300|25P03|40P01)/;
const lostCodes = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND"]);

function lossOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const lost =
    lostStates.test(code) ||
    lostCodes.has(code) ||
    /Connection terminated|is not queryable|timeout exceeded when trying to connect/.test(error.message);
  return lost ? new JournalLostError(error) : error;
}

/** Whether an error, of whoever's connection, says that a Postgres was away for a moment: asking again helps. */
export const isLost = (error: unknown): boolean => lossOf(error) instanceof JournalLostError;

const queryOn =
  (target: pg.Pool | pg.PoolClient): Query =>
  async <Row extends object>(sql: string, params: unknown[] = []) => {
    try {
      return (await target.query<Row>(sql, params)).rows;
    } catch (error) {
      throw lossOf(error);
    }
  };

/**
 * A pool on the hub's Postgres. Close it with `end()`. A process that freezes inside a transaction keeps its
 * row locks: the server ends the session after `idleMs`, or whoever takes over would wait for it for ever.
 */
export function openPool(databaseUrl: string, max: number, idleMs: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max,
    application_name: "atoll",
    idle_in_transaction_session_timeout: idleMs,
  });
  // An idle connection that Postgres closes is replaced by the pool; unheard, its error would end the process.
  pool.on("error", () => {});
  return pool;
}

/** Opens a pool of the journal's own: `max` connections at most. */
export function openDatabase(databaseUrl: string, idleMs: number, max = 10): Database {
  const pool = openPool(databaseUrl, max, idleMs);
  async function within<T>(
    begin: string,
    work: (query: Query, client: pg.PoolClient) => Promise<T>,
  ): Promise<T> {
    const client = await pool.connect().catch((error: unknown) => {
      throw lossOf(error);
    });
    // A session that ends between two statements fails the next one; unheard, it would end the process.
    const heard = () => {};
    client.on("error", heard);
    let broken = true;
    try {
      const query = queryOn(client);
      await query(begin);
      const result = await work(query, client);
      await query("commit");
      broken = false;
      return result;
    } catch (error) {
      broken = !(await client.query("rollback").then(
        () => true,
        () => false,
      ));
      throw error;
    } finally {
      client.off("error", heard);
      client.release(broken);
    }
  }

  return {
    pool,
    query: queryOn(pool),
    tx: (work) => within("begin", work),
    snapshot: (work) => within("begin isolation level repeatable read read only", work),
  };
}
