import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

/** One numbered SQL file of a blueprint. */
export interface Migration {
  /** From 1, without gaps. */
  version: number;
  /** File name without number and ending. */
  name: string;
  sql: string;
  /** SHA-256 of the text in hex, whatever its line ends. */
  checksum: string;
}

const pattern = /^(\d{4})_([a-z0-9_]+)\.sql$/;

function migration(folder: URL, file: string): Migration {
  const [, version, name] = pattern.exec(file) ?? [];
  if (version === undefined || name === undefined)
    throw new Error(`${file} is not named like a migration (0001_what_it_does.sql).`);
  // A checkout on Windows has other line ends, and the same content.
  const sql = readFileSync(new URL(file, folder), "utf8").replaceAll("\r\n", "\n");
  return {
    version: Number(version),
    name,
    sql,
    checksum: createHash("sha256").update(sql).digest("hex"),
  };
}

/** All migrations of a folder (its URL ends with a slash) in their order; a gap or a number used twice is refused. */
export function readMigrations(folder: URL): Migration[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .sort();
  const found = files.map((file) => migration(folder, file));
  for (const [index, { version, name }] of found.entries())
    if (version !== index + 1)
      throw new Error(
        `Migration ${version} (${name}) stands where number ${index + 1} belongs: a gap, or a number used twice.`,
      );
  return found;
}

/** "0001_tables": how a migration is named to people. */
export function labelOf({ version, name }: Pick<Migration, "version" | "name">): string {
  return `${String(version).padStart(4, "0")}_${name}`;
}
