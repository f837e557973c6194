import { ArchiveFault, useAnother } from "./damage.ts";
import { isPartName } from "./names.ts";

/** Name and number of the format; a change that an older reader would misread raises the number. */
export const format = { name: "atoll-archive", version: 1 } as const;

/** Most bytes of a manifest, plain: about 200,000 parts, which is 1.6 TB of rows. */
export const mostManifestBytes = 64 * 2 ** 20;
/** Most bytes of one part, plain: a part holds at least one row, and a row of Postgres reaches 1 GB at most. */
export const mostPartBytes = 256 * 2 ** 20;

/** Why an archive was made; a take-out is for the client, and holds no secret. */
type ArchiveKind = "backup" | "export" | "take-out";
/** What a part holds: rows of a table, or a piece of a workflow, a file, the list of files, or of SQL. */
export type PartKind = "rows" | "workflow" | "files" | "file" | "sql";

/** One file of an archive; sizes and checksum are of its gzip'd bytes before they were sealed. */
export interface Part {
  name: string;
  kind: PartKind;
  /** Rows: `schema.table` as in `tables`; otherwise the id of the thing, whose pieces have ascending numbers. */
  of: string;
  rows: number;
  /** Size after unpacking. */
  plainBytes: number;
  sizeBytes: number;
  sha256: string;
}

/** A column whose values stand in the rows, in the order of the rows' items; `type` as Postgres writes it. */
interface ArchivedColumn {
  name: string;
  type: string;
}

/** One table as it was: `key` = the columns it is ordered by, empty where it has none. */
export interface ArchivedTable {
  schema: string;
  name: string;
  columns: ArchivedColumn[];
  key: string[];
  rows: number;
  /** Columns that were left out because they hold secrets. */
  leftOut: string[];
}

/** Position of a sequence, as `setval` takes it; a text since it may exceed what JSON numbers hold. */
export interface ArchivedSequence {
  schema: string;
  name: string;
  lastValue: string;
  isCalled: boolean;
}

/** What an archive is of; together with its parts it is the whole instance at one checkpoint. */
export interface ArchiveOf {
  kind: ArchiveKind;
  instance: { id: string; slug: string; blueprint: string };
  /** Version by the ledger, 0 without one; fingerprint of the catalog where it was taken. */
  schema: { version: number; fingerprint?: string };
  checkpoint: { deploymentId?: string; commitId?: string; workflowIds: string[] };
}

/** The archive's table of contents, written last: an archive without one is not finished. */
export interface Manifest extends ArchiveOf {
  format: string;
  formatVersion: number;
  /** 32 hex digits, random. */
  id: string;
  madeAt: string;
  /** `one`: all rows are of `at`. `several`: each table, or page, is of its own moment between the two. */
  moment: { is: "one"; at: string } | { is: "several"; from: string; to: string; resumed: boolean };
  secrets: "included" | "left-out";
  /** Version of the Postgres that the rows are from. */
  postgres: string;
  tables: ArchivedTable[];
  sequences: ArchivedSequence[];
  parts: Part[];
}

/** `schema.table`, by which parts and findings name a table. */
export const tableName = ({ schema, name }: { schema: string; name: string }): string => `${schema}.${name}`;

type Fields = Record<string, unknown>;

function refuse(what: string, cause?: unknown): never {
  throw new ArchiveFault(
    {
      damage: "manifest-unreadable",
      where: "manifest.json",
      what: `The manifest is no table of contents: ${what}.`,
      next: useAnother,
    },
    { cause },
  );
}

function fieldsOf(value: unknown, where: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(`${where} is no object`);
  return value as Fields; // the line above is what says so
}

function text(from: Fields, key: string, pattern = /^[^\0]{0,1000}$/su): string {
  const value = from[key];
  if (typeof value !== "string" || !pattern.test(value)) refuse(`"${key}" is no such text`);
  return value;
}

function count(from: Fields, key: string, most = Number.MAX_SAFE_INTEGER): number {
  const value = from[key];
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0 || value > most)
    refuse(`"${key}" is no number from 0 to ${most}`);
  return value;
}

function oneOf<T extends string>(from: Fields, key: string, words: readonly T[]): T {
  const value = from[key];
  const word = words.find((each) => each === value);
  if (word === undefined) refuse(`"${key}" is none of ${words.join(", ")}`);
  return word;
}

function list<T>(from: Fields, key: string, each: (value: unknown) => T): T[] {
  const value = from[key];
  if (!Array.isArray(value)) refuse(`"${key}" is no list`);
  return value.map(each);
}

const words = (from: Fields, key: string): string[] =>
  list(from, key, (value) =>
    typeof value === "string" && value.length <= 1000 ? value : refuse(`"${key}" holds no text`),
  );

const maybe = (from: Fields, key: string): Fields =>
  from[key] === undefined ? {} : { [key]: text(from, key) };

function partOf(value: unknown): Part {
  const from = fieldsOf(value, "a part");
  const name = text(from, "name");
  if (!isPartName(name)) refuse("a part's name is none");
  return {
    name,
    kind: oneOf(from, "kind", ["rows", "workflow", "files", "file", "sql"]),
    of: text(from, "of"),
    rows: count(from, "rows"),
    plainBytes: count(from, "plainBytes", mostPartBytes),
    sizeBytes: count(from, "sizeBytes", mostPartBytes),
    sha256: text(from, "sha256", /^[0-9a-f]{64}$/),
  };
}

function tableOf(value: unknown): ArchivedTable {
  const from = fieldsOf(value, "a table");
  const columns = list(from, "columns", (each) => {
    const column = fieldsOf(each, "a column");
    return { name: text(column, "name"), type: text(column, "type") };
  });
  const names = new Set(columns.map(({ name }) => name));
  if (names.size !== columns.length) refuse("a table names a column twice");
  const key = words(from, "key");
  if (!key.every((each) => names.has(each))) refuse("a key is of a column that its table has not");
  return {
    schema: text(from, "schema"),
    name: text(from, "name"),
    columns,
    key,
    rows: count(from, "rows"),
    leftOut: words(from, "leftOut"),
  };
}

const moments = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

function momentOf(from: Fields): Manifest["moment"] {
  const moment = fieldsOf(from.moment, "the moment");
  if (moment.is === "one") return { is: "one", at: text(moment, "at", moments) };
  return {
    is: oneOf(moment, "is", ["several"]),
    from: text(moment, "from", moments),
    to: text(moment, "to", moments),
    resumed: moment.resumed === true,
  };
}

/** Reads a manifest that anyone may have written. Throws `ArchiveFault`: unknown-format, manifest-unreadable. */
export function readManifest(bytes: Buffer): Manifest {
  if (bytes.length > mostManifestBytes) refuse("it is larger than a manifest may be");
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    refuse("it is no JSON", error);
  }
  const from = fieldsOf(parsed, "it");
  if (from.format !== format.name || from.formatVersion !== format.version)
    throw new ArchiveFault({
      damage: "unknown-format",
      where: "manifest.json",
      what: `The archive is not in the format "${format.name}" ${format.version}, which this version reads.`,
      next: "Read it with the version of Atoll that made it, or with a newer one.",
    });
  const instance = fieldsOf(from.instance, "the instance");
  const schema = fieldsOf(from.schema, "the schema");
  const checkpoint = fieldsOf(from.checkpoint, "the checkpoint");
  const parts = list(from, "parts", partOf);
  if (new Set(parts.map(({ name }) => name)).size !== parts.length) refuse("it names a part twice");
  const tables = list(from, "tables", tableOf);
  const known = new Map(tables.map((table) => [tableName(table), table]));
  if (known.size !== tables.length) refuse("it names a table twice");
  for (const part of parts)
    if (part.kind === "rows" && !known.has(part.of)) refuse("a part is of a table that it does not name");
  return {
    format: format.name,
    formatVersion: format.version,
    id: text(from, "id", /^[0-9a-f]{32}$/),
    kind: oneOf(from, "kind", ["backup", "export", "take-out"]),
    madeAt: text(from, "madeAt", moments),
    instance: {
      id: text(instance, "id"),
      slug: text(instance, "slug"),
      blueprint: text(instance, "blueprint"),
    },
    schema: { version: count(schema, "version", 2 ** 31), ...maybe(schema, "fingerprint") },
    checkpoint: {
      ...maybe(checkpoint, "deploymentId"),
      ...maybe(checkpoint, "commitId"),
      workflowIds: words(checkpoint, "workflowIds"),
    },
    moment: momentOf(from),
    secrets: oneOf(from, "secrets", ["included", "left-out"]),
    postgres: text(from, "postgres"),
    tables,
    sequences: list(from, "sequences", (value) => {
      const sequence = fieldsOf(value, "a sequence");
      return {
        schema: text(sequence, "schema"),
        name: text(sequence, "name"),
        lastValue: text(sequence, "lastValue", /^-?\d{1,20}$/),
        isCalled: sequence.isCalled === true,
      };
    }),
    parts,
  };
}
