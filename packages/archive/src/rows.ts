// A row is a JSON array of texts and nulls, each text as Postgres prints the value (COPY's text form). Nothing else
// keeps everything: JSON numbers lose digits of numeric, NaN and infinity, and dates outside of what JSON's readers know.
import { ArchiveFault, useAnother } from "./damage.ts";

/** One value of a row, as Postgres prints it. */
export type Row = readonly (string | null)[];

// biome-ignore lint/suspicious/noControlCharactersInRegex: what JSON has escaped and COPY has not.
const rawControls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;

/**
 * Rows as `COPY ... TO STDOUT` prints them (each ends with a line break), as JSON lines. The escapes of both are the
 * same but for `\v`, quotes and the null mark `\N`; no value holds `"\N"` by itself, since COPY doubles its backslashes.
 */
export function jsonLines(copied: string, columns: number): string {
  if (columns === 0) return "[]\n".repeat(copied.length);
  let text = copied;
  if (text.includes('"')) text = text.replaceAll('"', '\\"');
  if (text.includes("\\v")) text = text.replace(/\\\\|\\v/g, (each) => (each === "\\v" ? "\\u000b" : each));
  text = text.replace(rawControls, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
  text = `["${text.slice(0, -1).replaceAll("\t", '","').replaceAll("\n", '"]\n["')}"]\n`;
  return text.includes('"\\N"') ? text.replaceAll('"\\N"', "null") : text;
}

function malformed(where: string, cause?: unknown): never {
  throw new ArchiveFault(
    {
      damage: "malformed-row",
      where,
      what: `A line in ${where} is no row: it has to be a JSON array with a text or null for each column of its table.`,
      next: useAnother,
    },
    { cause },
  );
}

/** Reads one line that anyone may have written. Throws `malformed-row`; `where` is the part's name. */
export function readRow(line: string, columns: number, where: string): Row {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    // The parser's words quote the line.
    return malformed(where);
  }
  if (!Array.isArray(row) || row.length !== columns) return malformed(where);
  // A NUL, or half of a surrogate pair, is no text that Postgres could have printed.
  for (const value of row)
    if (value !== null && (typeof value !== "string" || value.includes("\0") || !value.isWellFormed()))
      return malformed(where);
  return row as Row; // the loop above is what says so
}

// What COPY has escaped.
const copySpecial = /[\\\b\f\n\r\t\v]/g;
const copyEscapes: Record<string, string> = {
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

/** One row as `COPY ... FROM STDIN` reads it, of the items at `places`. */
export function copyLine(row: Row, places: readonly number[]): string {
  let line = "";
  for (const place of places) {
    const value = row[place] ?? null;
    if (line !== "" || place !== places[0]) line += "\t";
    line += value === null ? "\\N" : value.replace(copySpecial, (each) => copyEscapes[each] ?? each);
  }
  return `${line}\n`;
}
