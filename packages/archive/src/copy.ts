// COPY over a `pg` connection: the fastest way in and out of Postgres, which `pg` itself leaves to others. A query of
// one's own is an object with these handlers (the interface that pg-copy-streams uses; pg 8, lib/client.js).
import type { Duplex } from "node:stream";
import type pg from "pg";

/** What is used of pg's connection; its typings leave the calls of COPY out. */
interface Wire {
  stream: Duplex;
  query(sql: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

interface CopyQuery {
  /** Set by pg where the client has a `query_timeout`: it has to be told that the query ended. */
  callback?: () => void;
  submit(wire: Wire): void;
  handleError(error: Error): void;
  handleReadyForQuery(): void;
  handleCommandComplete(): void;
  handleEmptyQuery(): void;
  handleRowDescription(): void;
  handleDataRow(): void;
  handleCopyInResponse(wire: Wire): void;
  handleCopyData(message: { chunk: Buffer }, wire: Wire): void;
}

const nothing = () => {};

function copyQuery(
  handlers: Partial<CopyQuery> & Pick<CopyQuery, "submit" | "handleError" | "handleReadyForQuery">,
) {
  const query: CopyQuery = {
    handleCommandComplete: nothing,
    handleEmptyQuery: nothing,
    handleRowDescription: nothing,
    handleDataRow: nothing,
    handleCopyInResponse: (wire: Wire) => wire.sendCopyFail("nothing to send"),
    handleCopyData: nothing,
    ...handlers,
    handleReadyForQuery() {
      query.callback?.();
      handlers.handleReadyForQuery();
    },
  };
  return query;
}

function send(client: pg.ClientBase, query: CopyQuery): void {
  // The typings' Connection leaves out what COPY needs; pg hands its own connection to each handler.
  client.query(query as unknown as pg.Submittable);
}

/** Whole rows, so many bytes at a time. */
const batchBytes = 256 * 2 ** 10;
/** How much may wait to be taken before the connection is asked to pause. */
const mostWaitingBytes = 2 * 2 ** 20;

/**
 * The text that `COPY ... TO STDOUT` gives, in batches of whole rows with their number. The server is held back while
 * nobody takes them. Whoever stops early waits until the server has sent the rest.
 */
export async function* copyOut(
  client: pg.ClientBase,
  sql: string,
): AsyncGenerator<{ bytes: Buffer; rows: number }> {
  const waiting: { bytes: Buffer; rows: number }[] = [];
  let waitingBytes = 0;
  let batch = Buffer.allocUnsafe(batchBytes);
  let filled = 0;
  let rows = 0;
  let wire: Wire | undefined;
  let ended = false;
  let dropped = false;
  let failure: Error | undefined;
  let wake = nothing;

  const flush = () => {
    if (rows === 0) return;
    waiting.push({ bytes: batch.subarray(0, filled), rows });
    waitingBytes += filled;
    batch = Buffer.allocUnsafe(batchBytes);
    filled = 0;
    rows = 0;
    wake();
  };
  const end = (error?: Error) => {
    failure ??= error;
    flush();
    ended = true;
    wake();
  };
  const query = copyQuery({
    submit(connection) {
      wire = connection;
      connection.query(sql);
    },
    // After an error of a statement the server still says that it is ready; a lost connection says nothing more.
    handleError: end,
    handleReadyForQuery: () => end(),
    // One message a row. Its bytes are a view of what pg reads into next, so they are copied.
    handleCopyData({ chunk }, connection) {
      if (dropped) return;
      if (filled + chunk.length > batch.length) {
        flush();
        if (chunk.length > batch.length) batch = Buffer.allocUnsafe(chunk.length);
      }
      chunk.copy(batch, filled);
      filled += chunk.length;
      rows += 1;
      if (waitingBytes > mostWaitingBytes) connection.stream.pause();
    },
  });
  send(client, query);
  try {
    for (;;) {
      const next = waiting.shift();
      if (next) {
        waitingBytes -= next.bytes.length;
        if (waitingBytes <= mostWaitingBytes) wire?.stream.resume();
        yield next;
        continue;
      }
      if (failure) throw failure;
      if (ended) return;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    dropped = true;
    wire?.stream.resume();
    while (!ended) await new Promise<void>((resolve) => (wake = resolve));
  }
}

/** Until the stream takes more; one that a lost connection closed never does, and is not waited for. */
function drained(stream: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      stream.off("drain", end).off("close", end);
      resolve();
    };
    stream.on("drain", end).on("close", end);
  });
}

/** Sends text to `COPY ... FROM STDIN`, no faster than the server takes it. Throws what the server or the source throws. */
export async function copyIn(
  client: pg.ClientBase,
  sql: string,
  source: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let failure: Error | undefined;
    const pump = async (wire: Wire) => {
      try {
        for await (const chunk of source) {
          if (failure) return;
          wire.sendCopyFromChunk(chunk);
          if (wire.stream.writableNeedDrain) await drained(wire.stream);
        }
        if (!failure) wire.endCopyFrom();
      } catch (error) {
        failure ??=
          error instanceof Error ? error : new Error("The rows could not be read.", { cause: error });
        wire.sendCopyFail("the rows could not be read");
      }
    };
    send(
      client,
      copyQuery({
        submit: (wire) => wire.query(sql),
        handleCopyInResponse: (wire) => void pump(wire),
        handleError(error) {
          failure ??= error;
          reject(failure);
        },
        handleReadyForQuery: () => (failure ? reject(failure) : resolve()),
      }),
    );
  });
}
