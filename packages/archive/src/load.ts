// Loading an archive into a database whose schema stands already, by a login that owns the tables and is no superuser:
// one transaction, in which triggers of ours are off, foreign keys are taken down and put back (which checks them all at
// once), and rows go in by COPY. Whatever breaks off leaves the database as it was.
import type pg from "pg";
import { type Ask, archivedRows, identifier, isVault, readTables, readVersion, relation } from "./catalog.ts";
import { compareBy } from "./compare.ts";
import { copyIn } from "./copy.ts";
import { ArchiveFault } from "./damage.ts";
import { lastRows } from "./dump.ts";
import { type Fitting, fits, fitting } from "./fitting.ts";
import { dropForeignKeys, putForeignKeys, refreshViews, setSequences, silence } from "./ground.ts";
import { linesOf, partsOf } from "./lines.ts";
import { type ArchivedTable, type Part, tableName } from "./manifest.ts";
import type { Archive } from "./open.ts";
import { refusal } from "./refusal.ts";
import { copyLine, type Row, readRow } from "./rows.ts";

/** What is loaded where. */
export interface LoadOptions {
  archive: Archive;
  /** A connection of its own, not behind a transaction pooler, as the owner of the tables in `public`. */
  client: pg.ClientBase;
  /** Id of the instance that the archive has to be of; absent = any, as for a restore into a new one. */
  sameInstance?: string;
  /** Rows that are there already: `refuse` (unless they are those of the archive), or `replace` them all. */
  onRows: "refuse" | "replace";
  /** What else belongs into the same transaction, once all rows are there: what it throws takes them back. */
  beforeCommit?: (ask: Ask) => Promise<void>;
  /** Told after each part. */
  onPart?: (part: Part) => void;
}

/** `equal` = the database held the archive's rows already, and nothing was written. */
export interface Loaded {
  is: "loaded" | "equal";
  tables: number;
  rows: number;
}

/**
 * Puts an archive's rows into a database at the same schema version; all or nothing. Tables that the archive does not
 * name are left alone. Throws `ArchiveFault` (what does not fit, or is damaged) and `Fault`.
 */
export async function load(options: LoadOptions): Promise<Loaded> {
  const { archive, client } = options;
  const { instance } = archive.manifest;
  if (options.sameInstance !== undefined && instance.id !== options.sameInstance)
    throw new ArchiveFault({
      damage: "wrong-instance",
      what: `The archive is of the instance "${instance.slug}", not of the one it is to be restored to.`,
      next: "Choose a backup of this instance, or restore it as a new one.",
    });
  const ask: Ask = async (sql) => lastRows(await client.query(sql));
  await client.query("begin");
  try {
    const loaded = await loadIn(options, ask);
    await options.beforeCommit?.(ask);
    await client.query("commit");
    return loaded;
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw refusal(error, "the rows of the archive");
  }
}

async function loadIn({ archive, client, onRows, onPart }: LoadOptions, ask: Ask): Promise<Loaded> {
  const { manifest } = archive;
  await ask(`select set_config('statement_timeout', '0', true), set_config('lock_timeout', '60s', true),
    set_config('idle_in_transaction_session_timeout', '0', true)`);
  const tables = await readTables(ask);
  fits(manifest, await readVersion(ask));
  const plan = manifest.tables.map((archived) => fitting(archived, tables));
  const total = { tables: plan.length, rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0) };
  const filled = await tablesWithRows(ask, plan);
  if (filled.length > 0 && onRows === "refuse") {
    if ((await compareBy(archive, ask)).differences.length === 0) return { is: "equal", ...total };
    throw new ArchiveFault({
      damage: "target-not-empty",
      where: filled[0] ?? "",
      what: `The database holds rows already, for example in ${filled[0]}.`,
      next: "Load the archive into a fresh instance, or say that its rows are to be replaced.",
    });
  }
  const ours = plan.filter(({ table }) => table.schema === "public");
  const speak = await silence(
    ask,
    ours.map(({ table }) => table),
  );
  const keys = await dropForeignKeys(ask);
  // Functions in checks and defaults of an instance's tables find what they name as in daily life.
  await ask("set local search_path to default");
  await clear(ask, ours);
  const auth = plan.filter(({ table }) => table.schema === "auth");
  // Users last to first on the way out, since identities lean on them.
  for (const { table } of auth) await ask(`delete from ${relation(table)}`);
  for (const each of auth.toSorted((a, b) => b.table.name.localeCompare(a.table.name)))
    await loadTable(archive, client, each, onPart);
  // Triggers on auth's tables, which are not ours to switch off, wrote rows of their own.
  if (auth.length > 0) {
    await ask("set constraints all immediate");
    await clear(ask, ours);
  }
  for (const each of ours) await loadTable(archive, client, each, onPart);
  await setSequences(ask, manifest.sequences);
  await ask("set constraints all immediate");
  await putForeignKeys(ask, keys);
  await speak();
  await refreshViews(ask);
  if (ours.length > 0) await ask(`analyze ${ours.map(({ table }) => relation(table)).join(", ")}`);
  return { is: "loaded", ...total };
}

async function tablesWithRows(ask: Ask, plan: readonly Fitting[]): Promise<string[]> {
  const filled: string[] = [];
  for (const { table } of plan) {
    const where = archivedRows(table);
    const [row] = await ask(
      `select exists (select from ${relation(table)}${where ? ` where ${where}` : ""}) as there`,
    );
    if (row?.there === true) filled.push(tableName(table));
  }
  return filled;
}

/** Empties tables of ours; of the vault what marks the database itself stays. */
async function clear(ask: Ask, plan: readonly Fitting[]): Promise<void> {
  const whole = plan.filter(({ table }) => archivedRows(table) === undefined);
  if (whole.length > 0) await ask(`truncate ${whole.map(({ table }) => relation(table)).join(", ")}`);
  for (const { table } of plan) {
    const where = archivedRows(table);
    if (where !== undefined) await ask(`delete from ${relation(table)} where ${where}`);
  }
}

async function loadTable(
  archive: Archive,
  client: pg.ClientBase,
  { archived, table, places, mustBeEmpty }: Fitting,
  onPart?: (part: Part) => void,
): Promise<void> {
  const name = tableName(archived);
  const columns = places.map((place) => identifier(archived.columns[place]?.name ?? ""));
  const sql = `copy ${relation(table)} (${columns.join(", ")}) from stdin`;
  const vaultKey = isVault(table) ? archived.columns.findIndex((column) => column.name === "key") : -1;
  for (const part of partsOf(archive, archived)) {
    const lines = linesOf(part, await archive.read(part));
    try {
      await copyIn(client, sql, copyText());
    } catch (error) {
      throw refusal(error, `rows of ${name}`, part.name);
    }
    onPart?.(part);

    function* copyText(): Generator<Buffer> {
      let text = "";
      for (const line of lines) {
        const row = readRow(line, archived.columns.length, part.name);
        checkRow(row, archived, mustBeEmpty, vaultKey);
        text += copyLine(row, places);
        if (text.length < 2 ** 17) continue;
        yield Buffer.from(text, "utf8");
        text = "";
      }
      if (text !== "") yield Buffer.from(text, "utf8");
    }
  }
}

function checkRow(row: Row, archived: ArchivedTable, mustBeEmpty: readonly number[], vaultKey: number): void {
  for (const place of mustBeEmpty)
    if ((row[place] ?? "") !== "")
      throw new ArchiveFault({
        damage: "unknown-column",
        where: tableName(archived),
        what: `The archive has values in the column "${archived.columns[place]?.name}" of ${tableName(archived)}, which the database does not have.`,
        next: "Load it into a project whose Auth is as new as the one that the archive is from.",
      });
  if (vaultKey >= 0 && row[vaultKey]?.startsWith("ATOLL_") === true)
    throw new ArchiveFault({
      damage: "refused-rows",
      where: tableName(archived),
      what: "The archive's vault holds a key that marks the database itself.",
      next: "Use an archive that Atoll made.",
    });
}
