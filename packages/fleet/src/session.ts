/** A way to send SQL to one instance's database, over HTTP or a connection. It throws `Fault`s and `DatabaseGone`. */
export interface SqlSession {
  /**
   * Runs one or more statements as ONE transaction: either all take effect or none.
   * Gives the rows of the last statement.
   */
  query(sql: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** The database is not there any more, nor what it stood in. */
export class DatabaseGone extends Error {
  constructor(what = "The database is gone.", options?: { cause?: unknown }) {
    super(what, options);
    this.name = "DatabaseGone";
  }
}
