import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dollarQuoted, sqlIdentifier, sqlLiteral } from "./quote.ts";

/** Runs SQL on one connection, which stays the same over all calls; gives the rows of the last statement. */
type Run = (sql: string) => Promise<Record<string, unknown>[]>;

interface OwnOptions {
  /** The schema that holds the tables and their ledger. */
  schema: string;
  /** Folder of numbered SQL files, whose URL ends with a slash. Numbers may be missing. */
  folder: URL;
  /** Added to a file's number to give its version: several folders share one ledger. */
  base: number;
}

const pattern = /^(\d{4})_([a-z0-9_]+)\.sql$/;
const ledger = readFileSync(new URL("ledger.sql", import.meta.url), "utf8");

function filesOf({ folder, base }: OwnOptions) {
  return readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const [, number, name] = pattern.exec(file) ?? [];
      if (number === undefined || name === undefined) return [];
      const sql = readFileSync(new URL(file, folder), "utf8").replaceAll("\r\n", "\n");
      return [
        {
          file,
          version: base + Number(number),
          name,
          sql,
          checksum: createHash("sha256").update(sql).digest("hex"),
        },
      ];
    });
}

/**
 * Brings a service's own schema up to date with the ledger that instances' databases have: each file in one transaction
 * with its row, a file that was changed after it had been applied is refused. Whoever calls holds a lock.
 */
export async function migrateOwn(run: Run, options: OwnOptions): Promise<void> {
  const at = sqlIdentifier(options.schema);
  const files = filesOf(options);
  await run(`create schema if not exists ${at}`);
  const older = await takeOlder(run, at);
  await run(ledger.replaceAll("public.", `${at}.`));
  // An older ledger knew names only: what it says was applied is taken as the file is now.
  for (const { version, name, checksum } of files.filter(({ file }) => older.has(file)))
    await run(`select ${at}.register_migration(${version}, ${sqlLiteral(name)}, '${checksum}', 'baseline')`);
  for (const { version, name, checksum, sql } of files)
    await run(
      `do ${dollarQuoted(
        `declare
  began timestamptz := clock_timestamp();
begin
  if not exists (select from ${at}.schema_migrations where version = ${version}) then
    execute ${dollarQuoted(sql, "migration")};
  end if;
  perform ${at}.register_migration(${version}, ${sqlLiteral(name)}, '${checksum}', current_user,
    (extract(epoch from clock_timestamp() - began) * 1000)::integer);
end`,
        "apply",
      )}`,
    );
  if (older.size > 0)
    await forgetOlder(
      run,
      at,
      files.map(({ file }) => file),
    );
}

/** The files that an older ledger names; its table is put aside until they stand in the new one. */
async function takeOlder(run: Run, at: string): Promise<ReadonlySet<string>> {
  await run(`do $older$
begin
  if exists (select from pg_attribute where attrelid = to_regclass('${at}.schema_migrations')
      and attname = 'version' and atttypid = 'text'::regtype) then
    alter table ${at}.schema_migrations rename to older_schema_migrations;
    alter index ${at}.schema_migrations_pkey rename to older_schema_migrations_pkey;
  end if;
end
$older$`);
  const [there] = await run(`select to_regclass('${at}.older_schema_migrations') is not null as there`);
  if (there?.there !== true) return new Set();
  const rows = await run(`select version from ${at}.older_schema_migrations`);
  return new Set(rows.map(({ version }) => String(version)));
}

/** What stands in the new ledger goes from the old one; the last folder's end is its own. */
async function forgetOlder(run: Run, at: string, files: readonly string[]): Promise<void> {
  const named = files.map(sqlLiteral).join(", ");
  await run(`do $forget$
begin
  delete from ${at}.older_schema_migrations where version in (${named});
  if not exists (select from ${at}.older_schema_migrations) then
    drop table ${at}.older_schema_migrations;
  end if;
end
$forget$`);
}
