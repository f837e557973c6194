import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { SchemaFile } from "@atoll/core/blueprint";

/** One numbered SQL file of a blueprint; outside of transactions where its first line is `-- atoll: no-transaction`. */
export type Migration = SchemaFile;

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
    transactional: !/^-- atoll: no-transaction\s*$/m.test(sql.split("\n", 1)[0] ?? ""),
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

const concurrently = [
  /(\bcreate\s+(?:unique\s+)?index\s+)concurrently\b/gi,
  /(\bdrop\s+index\s+)concurrently\b/gi,
  /(\breindex\s+(?:\([^)]*\)\s*)?(?:index|table|schema)\s+)concurrently\b/gi,
  /(\bdetach\s+partition\s+\S+\s+)concurrently\b/gi,
];

/**
 * A migration's SQL as it runs inside a transaction, on tables that nobody uses yet: there nothing need be done beside
 * its users, and nothing can be.
 */
export function transactionalSql({ sql, transactional }: Migration): string {
  return transactional ? sql : concurrently.reduce((text, each) => text.replace(each, "$1"), sql);
}
