import type { Table } from "./catalog.ts";
import { ArchiveFault } from "./damage.ts";
import { type ArchivedTable, type Manifest, tableName } from "./manifest.ts";

/** A table of an archive and the one of a database that takes its rows. */
export interface Fitting {
  archived: ArchivedTable;
  table: Table;
  /** Places in a row of the columns that are loaded. */
  places: number[];
  /** Places of columns that the database lacks, and that may hold no value. */
  mustBeEmpty: number[];
}

/** Refuses an archive of another version of the schema than the database's. Throws `newer-schema`, `older-schema`. */
export function fits({ schema }: Manifest, version: number): void {
  if (schema.version === version) return;
  const newer = schema.version > version;
  throw new ArchiveFault({
    damage: newer ? "newer-schema" : "older-schema",
    what: `The archive is of schema version ${schema.version}, the database of version ${version}.`,
    next: newer
      ? `Bring the database up to version ${schema.version} first.`
      : `Load it into a database at version ${schema.version}, and migrate that one afterwards.`,
  });
}

/** Finds where a table's rows go. Throws `unknown-table`, `unknown-column`, `column-differs`. */
export function fitting(archived: ArchivedTable, tables: readonly Table[]): Fitting {
  const name = tableName(archived);
  const table = tables.find((each) => tableName(each) === name);
  if (!table)
    throw new ArchiveFault({
      damage: "unknown-table",
      where: name,
      what: `The archive has rows of a table ${name}, which the database does not have.`,
      next: "Load it into an instance of the same kind at the same version.",
    });
  const places: number[] = [];
  const mustBeEmpty: number[] = [];
  for (const [place, column] of archived.columns.entries()) {
    const known = table.columns.find((each) => each.name === column.name);
    if (known && !known.generated) {
      // Auth's tables are the provider's, who widens a type now and then; ours are as their migrations say.
      if (known.type !== column.type && table.schema !== "auth")
        throw new ArchiveFault({
          damage: "column-differs",
          where: name,
          what: `The column "${column.name}" of ${name} is ${column.type} in the archive and ${known.type} in the database.`,
          next: "Load it into an instance of the same kind at the same version.",
        });
      places.push(place);
    } else if (table.schema === "auth") mustBeEmpty.push(place);
    else
      throw new ArchiveFault({
        damage: "unknown-column",
        where: name,
        what: `The archive has values for the column "${column.name}" of ${name}, which the database ${known ? "computes itself" : "does not have"}.`,
        next: "Load it into an instance of the same kind at the same version.",
      });
  }
  return { archived, table, places, mustBeEmpty };
}
