import { Fault, type FaultDetails, type FaultKind } from "@atoll/core/fault";

/** A way to send SQL to one instance's database, over HTTP or a connection. It throws `Fault`s and `DatabaseGone`. */
export interface SqlSession {
  /**
   * Runs one or more statements as ONE transaction: either all take effect or none. A single statement runs by itself,
   * so one that refuses transactions (`create index concurrently`) has to come alone.
   * Gives the rows of the last statement. `reads` = it writes nothing, and may be repeated.
   */
  query(sql: string, options?: { reads?: boolean }): Promise<Record<string, unknown>[]>;
  /** True where settings and locks of one query are there in the next one: a connection, not an HTTP endpoint. */
  lasting?: boolean;
  close(): Promise<void>;
}

/** What the database answered to a statement: `sqlState` is the SQLSTATE of its error. */
export class SqlFault extends Fault {
  readonly sqlState: string;

  constructor(kind: FaultKind, details: FaultDetails & { sqlState: string }, options?: { cause?: unknown }) {
    super(kind, details, options);
    this.sqlState = details.sqlState;
  }
}

/** The database is not there any more, nor what it stood in. */
export class DatabaseGone extends Error {
  constructor(what = "The database is gone.", options?: { cause?: unknown }) {
    super(what, options);
    this.name = "DatabaseGone";
  }
}
