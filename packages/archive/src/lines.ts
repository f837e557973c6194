import { ArchiveFault, useAnother } from "./damage.ts";
import { type ArchivedTable, type Part, tableName } from "./manifest.ts";
import type { Archive } from "./open.ts";

/** The lines of a part's plain bytes; a part ends with a line break. Throws `row-count-differs`. */
export function linesOf(part: Part, plain: Buffer): string[] {
  const lines = plain.toString("utf8").split("\n");
  if (lines.pop() !== "" || lines.length !== part.rows)
    throw new ArchiveFault({
      damage: "row-count-differs",
      where: part.name,
      what: `The part ${part.name} does not hold the ${part.rows} rows that the manifest promises.`,
      next: useAnother,
    });
  return lines;
}

/** The parts of a table, in order. Throws `row-count-differs` where they do not add up to its rows. */
export function partsOf(archive: Archive, table: ArchivedTable): Part[] {
  const name = tableName(table);
  const parts = archive.manifest.parts.filter((part) => part.kind === "rows" && part.of === name);
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  if (rows !== table.rows)
    throw new ArchiveFault({
      damage: "row-count-differs",
      where: name,
      what: `The parts of ${name} hold ${rows} rows, its table ${table.rows}.`,
      next: useAnother,
    });
  return parts;
}

/** All rows of a table in their order, as JSON lines; each part is checked before its first row is given. */
export async function* archivedLines(archive: Archive, table: ArchivedTable): AsyncGenerator<string> {
  for (const part of partsOf(archive, table)) yield* linesOf(part, await archive.read(part));
}
