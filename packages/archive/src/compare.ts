// Is what a database holds what an archive holds? Row by row, both in the order of the key; a table without a key is
// compared as a heap of rows, by a sum that their order does not change.
import { createHash } from "node:crypto";
import type pg from "pg";
import {
  type Ask,
  archivedRows,
  columnOf,
  identifier,
  literal,
  oneWayOfPrinting,
  readSequences,
  readTables,
  relation,
  type Table,
} from "./catalog.ts";
import { lastRows } from "./dump.ts";
import { archivedLines } from "./lines.ts";
import { type ArchivedTable, tableName } from "./manifest.ts";
import type { Archive } from "./open.ts";
import { refusal } from "./refusal.ts";
import { type Row, readRow } from "./rows.ts";
import { cursorRows } from "./source.ts";

/** One difference; `key` = the row's key values in the order of the key's columns. */
interface Difference {
  table: string;
  is:
    | "missing-row"
    | "extra-row"
    | "changed-row"
    | "rows-differ"
    | "missing-table"
    | "missing-column"
    | "sequence";
  key?: (string | null)[];
  /** Of a changed row, the columns that differ; of a table, its missing ones. */
  columns?: string[];
}

/** What a comparison found: equal when `differences` is empty. */
export interface Comparison {
  differences: Difference[];
  tables: number;
  rows: number;
}

/** After so many a table is read no further: what is wrong with it is clear. */
const mostPerTable = 10;

/** Compares an archive with a database, all at one moment. Throws `Fault`, and `ArchiveFault` for a damaged part. */
export async function compareWith(archive: Archive, client: pg.ClientBase): Promise<Comparison> {
  await client.query("begin transaction isolation level repeatable read, read only");
  try {
    return await compareBy(archive, async (sql) => lastRows(await client.query(sql)));
  } catch (error) {
    throw refusal(error, "to give its rows");
  } finally {
    await client.query("rollback").catch(() => {});
  }
}

/** The same inside of a transaction of the caller's. */
export async function compareBy(archive: Archive, ask: Ask): Promise<Comparison> {
  const found = new Map((await readTables(ask)).map((table) => [tableName(table), table]));
  await ask(oneWayOfPrinting);
  const comparison: Comparison = { differences: [], tables: 0, rows: 0 };
  for (const archived of archive.manifest.tables) {
    const name = tableName(archived);
    const table = found.get(name);
    const missing = archived.columns.filter(
      ({ name: column }) => !table?.columns.some((each) => each.name === column),
    );
    if (!table) comparison.differences.push({ table: name, is: "missing-table" });
    else if (missing.length > 0)
      comparison.differences.push({
        table: name,
        is: "missing-column",
        columns: missing.map((each) => each.name),
      });
    else {
      comparison.differences.push(...(await compareTable(archive, archived, table, ask)));
      comparison.tables += 1;
      comparison.rows += archived.rows;
    }
  }
  const live = new Map((await readSequences(ask)).map((each) => [each.name, each]));
  for (const { schema, name, lastValue, isCalled } of archive.manifest.sequences) {
    const now = live.get(name);
    if (now?.lastValue !== lastValue || now.isCalled !== isCalled)
      comparison.differences.push({ table: `${schema}.${name}`, is: "sequence" });
  }
  return comparison;
}

function compareTable(
  archive: Archive,
  archived: ArchivedTable,
  table: Table,
  ask: Ask,
): Promise<Difference[]> {
  const columns = archived.columns.map(({ name }) => name);
  const where = leftOutRows(archive, table);
  const live = cursorRows(ask, { table: { ...table, key: archived.key }, columns, where });
  const kept = archivedLines(archive, archived);
  return archived.key.length === 0
    ? compareHeaps(kept, live, tableName(table))
    : compareOrdered({ kept, live, table, archived, columns, ask });
}

function leftOutRows(archive: Archive, table: Table): string | undefined {
  const where = archivedRows(table);
  return where !== undefined && archive.manifest.secrets === "left-out"
    ? `${where} and not is_secret`
    : where;
}

const wholeSum = 2n ** 256n;

async function sumOf(lines: AsyncIterable<string>): Promise<{ rows: number; sum: bigint }> {
  let sum = 0n;
  let rows = 0;
  for await (const line of lines) {
    sum = (sum + BigInt(`0x${createHash("sha256").update(line).digest("hex")}`)) % wholeSum;
    rows += 1;
  }
  return { rows, sum };
}

async function compareHeaps(
  kept: AsyncIterable<string>,
  live: AsyncIterable<string>,
  table: string,
): Promise<Difference[]> {
  const one = await sumOf(kept);
  const other = await sumOf(live);
  return one.rows === other.rows && one.sum === other.sum ? [] : [{ table, is: "rows-differ" }];
}

interface Ordered {
  kept: AsyncGenerator<string>;
  live: AsyncGenerator<string>;
  table: Table;
  archived: ArchivedTable;
  columns: string[];
  ask: Ask;
}

async function compareOrdered({ kept, live, table, archived, columns, ask }: Ordered): Promise<Difference[]> {
  const name = tableName(table);
  const differences: Difference[] = [];
  const rowOf = (line: string) => readRow(line, columns.length, name);
  const keyOf = (row: Row) => archived.key.map((each) => row[columns.indexOf(each)] ?? null);
  let [one, other] = [await kept.next(), await live.next()];
  try {
    while (differences.length < mostPerTable && !(one.done && other.done)) {
      if (!one.done && one.value === other.value) {
        [one, other] = [await kept.next(), await live.next()];
        continue;
      }
      const keptRow = one.done ? undefined : rowOf(one.value);
      const liveRow = other.done ? undefined : rowOf(other.value);
      const key = keptRow && keyOf(keptRow);
      const liveKey = liveRow && keyOf(liveRow);
      if (keptRow && liveRow && JSON.stringify(key) === JSON.stringify(liveKey)) {
        const changed = columns.filter((_, place) => keptRow[place] !== liveRow[place]);
        differences.push({ table: name, is: "changed-row", columns: changed, ...(key && { key }) });
        [one, other] = [await kept.next(), await live.next()];
        continue;
      }
      // Both sides are in one order: a row that the database has further down means that this one is too many.
      if (key && (liveKey === undefined || !(await isThere(ask, table, archived.key, key)))) {
        differences.push({ table: name, is: "missing-row", key });
        one = await kept.next();
      } else {
        differences.push({ table: name, is: "extra-row", ...(liveKey && { key: liveKey }) });
        other = await live.next();
      }
    }
  } finally {
    await kept.return(undefined);
    await live.return(undefined);
  }
  return differences;
}

async function isThere(
  ask: Ask,
  table: Table,
  names: readonly string[],
  key: readonly (string | null)[],
): Promise<boolean> {
  const same = names.map(
    (name, place) => `${identifier(name)} = ${literal(key[place] ?? "")}::${columnOf(table, name).type}`,
  );
  const [row] = await ask(
    `select exists (select from ${relation(table)} where ${same.join(" and ")}) as there`,
  );
  return row?.there === true;
}
