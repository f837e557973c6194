// Rows of a table out of a database, as JSON lines: by COPY over a connection, page by page where there is only an SQL
// endpoint, and by a cursor where other questions come in between.
import type pg from "pg";
import {
  type Ask,
  columnOf,
  identifier,
  keyColumn,
  keyOrder,
  literal,
  oneWayOfPrinting,
  relation,
  type Table,
} from "./catalog.ts";
import { copyOut } from "./copy.ts";
import { jsonLines, readRow } from "./rows.ts";

/** Rows as JSON lines, each with its line break, and how many they are. */
export interface Lines {
  text: string;
  rows: number;
}

/** Which rows and columns of a table are asked for: `where` is SQL of ours. */
export interface Wanted {
  table: Table;
  columns: readonly string[];
  where?: string | undefined;
}

const from = (table: Table) => `${table.partitioned ? "" : "only "}${relation(table)}`;

function conditions(...all: (string | undefined)[]): string {
  const given = all.filter((each) => each !== undefined);
  return given.length === 0 ? "" : ` where ${given.map((each) => `(${each})`).join(" and ")}`;
}

/** All rows by COPY in the order of the key: the fastest way. Has to stand in a transaction that prints in one way. */
export async function* copiedRows(
  client: pg.ClientBase,
  wanted: Wanted & { after?: string | undefined },
): AsyncGenerator<Lines> {
  const { table, columns } = wanted;
  const order = table.key.length === 0 ? "" : ` order by ${keyOrder(table)}`;
  const sql = `copy (select ${columns.map(identifier).join(", ")} from ${from(table)}${conditions(wanted.where, wanted.after)}${order}) to stdout`;
  for await (const { bytes, rows } of copyOut(client, sql))
    yield { text: jsonLines(bytes.toString("utf8"), columns.length), rows };
}

/** A row's values as one JSON text, printed as COPY prints them: `::text` would print booleans and others otherwise. */
function printed(columns: readonly string[]): string {
  // `is distinct from null` asks for the value itself; `is null` is true for a composite of nulls, too.
  const values = columns.map((name) => {
    const column = identifier(name);
    return `case when ${column} is distinct from null then format('%s', ${column}) end`;
  });
  return values.length === 0 ? "'[]'" : `to_json(array[${values.join(", ")}]::text[])::text`;
}

const wantedPageBytes = 2 * 2 ** 20;
const mostPageRows = 5_000;

/** How many rows to ask for next, so that a page stays small whatever a row holds. */
function nextPageRows(rows: number, bytes: number): number {
  return Math.max(
    1,
    Math.min(mostPageRows, rows * 4, Math.floor((wantedPageBytes * rows) / Math.max(1, bytes))),
  );
}

function linesOf(found: Record<string, unknown>[]): { lines: string[]; bytes: number } {
  const lines = found.map(({ line }) => String(line));
  return { lines, bytes: lines.reduce((sum, each) => sum + each.length, 0) };
}

/** Condition for the rows behind this one, by the table's key. */
export function afterRow(table: Table, columns: readonly string[], line: string): string {
  const row = readRow(line, columns.length, `${table.schema}.${table.name}`);
  const values = table.key.map((name) => {
    const value = row[columns.indexOf(name)];
    return `${literal(value ?? "")}::${columnOf(table, name).type}`;
  });
  return `(${table.key.map((name) => keyColumn(table, name)).join(", ")}) > (${values.join(", ")})`;
}

/**
 * All rows page by page, each of a moment of its own, over anything that runs SQL. Behind the key where there is one;
 * by the rows' places otherwise, where a row that is updated meanwhile may be missed or come twice.
 */
export async function* pagedRows(
  ask: Ask,
  wanted: Wanted & { after?: string | undefined },
): AsyncGenerator<Lines> {
  const { table, columns } = wanted;
  const keyed = table.key.length > 0;
  let after = wanted.after;
  for (let size = 200; ; ) {
    // Rows without a key are told apart by where they stand; in a partitioned table by their partition, too.
    const place = keyed ? "" : ", tableoid::bigint::text as part, ctid::text as place";
    const order = keyed ? keyOrder(table) : "tableoid, ctid";
    const found = await ask(
      `${oneWayOfPrinting}; select ${printed(columns)} as line${place} from ${from(table)}${conditions(wanted.where, after)} order by ${order} limit ${size}`,
    );
    const { lines, bytes } = linesOf(found);
    const last = lines.at(-1);
    if (last === undefined) return;
    yield { text: `${lines.join("\n")}\n`, rows: lines.length };
    const { part, place: at } = found.at(-1) ?? {};
    after = keyed
      ? afterRow(table, columns, last)
      : `(tableoid::bigint, ctid) > (${literal(String(part))}::bigint, ${literal(String(at))}::tid)`;
    size = nextPageRows(lines.length, bytes);
  }
}

/** All rows by a cursor, in the order of the key, on a connection that other questions may be asked in between. */
export async function* cursorRows(ask: Ask, wanted: Wanted): AsyncGenerator<string> {
  const { table, columns } = wanted;
  const order = table.key.length === 0 ? "" : ` order by ${keyOrder(table)}`;
  await ask(
    `declare atoll_rows no scroll cursor for select ${printed(columns)} as line from ${from(table)}${conditions(wanted.where)}${order}`,
  );
  try {
    for (let size = 200; ; ) {
      const { lines, bytes } = linesOf(await ask(`fetch ${size} from atoll_rows`));
      if (lines.length === 0) return;
      yield* lines;
      size = nextPageRows(lines.length, bytes);
    }
  } finally {
    await ask("close atoll_rows").catch(() => {});
  }
}
