import { randomBytes } from "node:crypto";
import { Fault } from "@atoll/core/fault";
import type pg from "pg";
import {
  type Ask,
  archivedRows,
  isVault,
  oneWayOfPrinting,
  readSequences,
  readTables,
  type Table,
} from "./catalog.ts";
import { type Extra, putExtras } from "./extras.ts";
import { objectName, type Progress, putManifest, putProgress, putWrappedKey, type Sealing } from "./make.ts";
import {
  type ArchivedTable,
  type ArchiveOf,
  format,
  type Manifest,
  type Part,
  tableName,
} from "./manifest.ts";
import { nameOf } from "./names.ts";
import { openArchive, readProgress, readSealing } from "./open.ts";
import { PartWriter } from "./part-writer.ts";
import { refusal } from "./refusal.ts";
import { wrapKey } from "./seal.ts";
import { afterRow, copiedRows, type Lines, pagedRows } from "./source.ts";
import type { Storage } from "./storage.ts";

/** What is dumped, from where, to where. */
export interface DumpOptions {
  /** A connection, which gives rows of one moment; or anything that runs SQL, which gives them page by page. */
  from: { client: pg.ClientBase } | { ask: Ask };
  of: ArchiveOf;
  storage: Storage;
  /** The archive's name in its storage, without a slash at the end: nothing else may be there. */
  prefix: string;
  /** Seals the archive, or signs its manifest where `sealed` is false. Without it nobody vouches for the archive. */
  hubKey?: Uint8Array;
  /** Older keys of the hub, by which a dump that is gone on with may be sealed. */
  olderKeys?: readonly Uint8Array[];
  sealed: boolean;
  /** Columns that hold secrets, as `schema.table` and names, beside those of auth: a take-out is without them. */
  secretColumns?: Readonly<Record<string, readonly string[]>>;
  /** What comes from elsewhere: workflows, files, SQL. */
  extras?: AsyncIterable<Extra> | Iterable<Extra>;
  /** Go on with a dump that broke off, at the price of rows from several moments; otherwise it begins again. */
  resume?: boolean;
  now?: () => Date;
  /** Told after each part. */
  onPart?: (part: Part) => void;
}

/** A finished archive; who keeps `manifestSha256` finds out when the manifest is exchanged. */
export interface Dumped {
  manifest: Manifest;
  manifestSha256: string;
}

const authSecrets = [
  "encrypted_password",
  "confirmation_token",
  "recovery_token",
  "email_change_token_new",
  "email_change_token_current",
  "phone_change_token",
  "reauthentication_token",
];

/** The table's columns as they are archived: without computed ones, and in a take-out without secrets. */
function columnsOf(table: Table, options: DumpOptions): { kept: Table["columns"]; leftOut: string[] } {
  const all = table.columns.filter(({ generated }) => !generated);
  const name = tableName(table);
  const secret = new Set(
    options.of.kind === "take-out"
      ? [...(name === "auth.users" ? authSecrets : []), ...(options.secretColumns?.[name] ?? [])]
      : [],
  );
  return {
    kept: all.filter((column) => !secret.has(column.name)),
    leftOut: all.filter((column) => secret.has(column.name)).map((column) => column.name),
  };
}

function rowsWanted(table: Table, options: DumpOptions): string | undefined {
  const where = archivedRows(table);
  return isVault(table) && options.of.kind === "take-out" ? `${where} and not is_secret` : where;
}

/** `tables/public.orders`, `auth/users` or `vault`: what the names of a table's parts begin with. */
function stemOf(table: Table): string {
  if (isVault(table)) return "vault";
  return table.schema === "auth"
    ? `auth/${nameOf(table.name)}`
    : `tables/${nameOf(table.schema)}.${nameOf(table.name)}`;
}

async function removeAll(storage: Storage, prefix: string): Promise<void> {
  const names: string[] = [];
  for await (const { name } of storage.list(`${prefix}/`)) names.push(name);
  for (const name of names) await storage.remove(name);
}

async function isFinished({ storage, prefix }: DumpOptions): Promise<boolean> {
  return (
    (await storage.stat(objectName(prefix, "manifest.json", true))) !== undefined ||
    (await storage.stat(objectName(prefix, "manifest.json", false))) !== undefined
  );
}

/** Goes on where a dump broke off, or makes a clean start: id and key first, so that no part is without them. */
async function begin(
  options: DumpOptions,
  at: string,
): Promise<{ progress: Progress; sealing?: Sealing; resumed: boolean }> {
  const { storage, prefix, hubKey, sealed } = options;
  if (options.resume === true) {
    const keys = [...(hubKey ? [hubKey] : []), ...(options.olderKeys ?? [])];
    const found = await readSealing(storage, prefix, keys);
    const progress = await readProgress(storage, prefix, found?.sealing);
    if (progress && sealed === (found !== undefined))
      return { progress, resumed: true, ...(found && { sealing: found.sealing }) };
  }
  await removeAll(storage, prefix);
  const progress = { id: randomBytes(16).toString("hex"), startedAt: at, parts: [], done: {} };
  if (!sealed) return { progress, resumed: false };
  if (!hubKey) throw new RangeError("An archive is sealed with the hub's key, and none was given.");
  const key = randomBytes(32);
  await putWrappedKey(storage, prefix, wrapKey(key, hubKey, progress.id));
  return { progress, resumed: false, sealing: { archive: progress.id, key } };
}

/**
 * Writes everything an instance holds into a storage, in constant memory. Over a connection all rows are of one moment.
 * A dump that breaks off leaves parts and `progress.json`, and no manifest; repeating it is safe. Throws `Fault`.
 */
export async function dump(options: DumpOptions): Promise<Dumped> {
  if (await isFinished(options)) {
    if (options.resume !== true)
      throw new Fault("rejected", {
        what: `There is a finished archive at ${options.prefix} already.`,
        next: "Give the new one another name: archives are never written over.",
      });
    const keys = [...(options.hubKey ? [options.hubKey] : []), ...(options.olderKeys ?? [])];
    const { manifest, manifestSha256 } = await openArchive({ ...options, hubKeys: keys });
    return { manifest, manifestSha256 };
  }
  const { from } = options;
  if ("ask" in from) return await dumpBy(options, from.ask, (wanted) => pagedRows(from.ask, wanted), false);
  const { client } = from;
  const ask: Ask = async (sql) => lastRows(await client.query(sql));
  await client.query("begin transaction isolation level repeatable read, read only");
  try {
    await client.query(
      `${oneWayOfPrinting}, set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)`,
    );
    return await dumpBy(options, ask, (wanted) => copiedRows(client, wanted), true);
  } finally {
    // Nothing was written: there is nothing to keep, and after a lost connection nothing to say.
    await client.query("rollback").catch(() => {});
  }
}

/** The rows of a text's last statement; the typings know only one result. */
export function lastRows(result: pg.QueryResult | pg.QueryResult[]): Record<string, unknown>[] {
  return [result].flat().at(-1)?.rows ?? [];
}

type ReadRows = (wanted: {
  table: Table;
  columns: readonly string[];
  where: string | undefined;
  after: string | undefined;
}) => AsyncGenerator<Lines>;

async function dumpBy(options: DumpOptions, ask: Ask, read: ReadRows, oneMoment: boolean): Promise<Dumped> {
  const now = options.now ?? (() => new Date());
  const at = now().toISOString();
  const { progress, sealing, resumed } = await begin(options, at);
  const to = { storage: options.storage, prefix: options.prefix, sealing, hubKey: options.hubKey };
  // What comes from elsewhere has no progress of its own: it is written again, under the same names.
  progress.parts = progress.parts.filter(({ kind }) => kind === "rows");
  const save = () => putProgress(to, progress);
  const tables: ArchivedTable[] = [];
  let sequences: Manifest["sequences"];
  let postgres: string;
  try {
    [postgres] = (await ask("select current_setting('server_version') as version")).map(({ version }) =>
      String(version),
    ) as [string];
    for (const table of await readTables(ask))
      tables.push(await dumpTable(options, { table, progress, to, save, read }));
    sequences = await readSequences(ask);
  } catch (error) {
    throw refusal(error, "to give its rows");
  }
  for await (const part of putExtras(to, options.extras ?? [])) {
    progress.parts.push(part);
    options.onPart?.(part);
  }
  const manifest: Manifest = {
    format: format.name,
    formatVersion: format.version,
    id: progress.id,
    ...options.of,
    madeAt: now().toISOString(),
    moment:
      oneMoment && !resumed
        ? { is: "one", at }
        : { is: "several", from: progress.startedAt, to: now().toISOString(), resumed },
    secrets: options.of.kind === "take-out" ? "left-out" : "included",
    postgres,
    tables,
    sequences,
    parts: progress.parts,
  };
  const manifestSha256 = await putManifest(to, manifest);
  await options.storage.remove(objectName(options.prefix, "progress.json", sealing !== undefined));
  return { manifest, manifestSha256 };
}

interface TableDump {
  table: Table;
  progress: Progress;
  to: { storage: Storage; prefix: string; sealing: Sealing | undefined };
  save: () => Promise<void>;
  read: ReadRows;
}

async function dumpTable(
  options: DumpOptions,
  { table, progress, to, save, read }: TableDump,
): Promise<ArchivedTable> {
  const name = tableName(table);
  const { kept, leftOut } = columnsOf(table, options);
  const columns = kept.map((column) => column.name);
  const entry = (rows: number): ArchivedTable => ({
    schema: table.schema,
    name: table.name,
    columns: kept.map((column) => ({ name: column.name, type: column.type })),
    // A key with a secret in it would be a key that nobody can follow.
    key: table.key.every((each) => columns.includes(each)) ? table.key : [],
    rows,
    leftOut,
  });
  const doneRows = progress.done[name];
  if (doneRows !== undefined) return entry(doneRows);
  const begun = progress.current?.table === name && table.key.length > 0 ? progress.current : undefined;
  // Of a table that cannot be gone on with, no part counts.
  if (!begun) progress.parts = progress.parts.filter((part) => part.of !== name);
  let rows = begun?.rows ?? 0;
  const writer = new PartWriter({
    to,
    of: name,
    stem: stemOf(table),
    first: (begun?.parts ?? 0) + 1,
    async onPart(part, number, last) {
      progress.parts.push(part);
      rows += part.rows;
      progress.current = { table: name, rows, parts: number, last };
      options.onPart?.(part);
      // Of many parts not every one is worth a list of all before it.
      if (progress.parts.length % Math.max(1, Math.floor(progress.parts.length / 50)) === 0) await save();
    },
  });
  const after = begun ? afterRow(table, columns, begun.last) : undefined;
  for await (const lines of read({ table, columns, where: rowsWanted(table, options), after }))
    await writer.add(lines);
  await writer.end();
  progress.done[name] = rows;
  delete progress.current;
  return entry(rows);
}
