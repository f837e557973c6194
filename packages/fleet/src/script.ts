import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { catalogKey, catalogQuery } from "./catalog.ts";
import { labelOf, type Migration } from "./migrations.ts";
import { dollarQuoted, sqlLiteral } from "./quote.ts";

/** Row of `instance_config` that says whose database this is. */
export const ownerKey = "ATOLL_INSTANCE_ID";

const ledger = readFileSync(new URL("ledger.sql", import.meta.url), "utf8");
const vault = readFileSync(new URL("vault.sql", import.meta.url), "utf8");

/** Row of `instance_config` that says which ledger and vault the database was given last. */
export const ledgerKey = "ATOLL_LEDGER";

/** SHA-256 of what every database is given beside its blueprint's migrations, in hex, whatever its line ends. */
export const ledgerChecksum = createHash("sha256")
  .update(`${ledger}\n${vault}`.replaceAll("\r\n", "\n"))
  .digest("hex");

/** Row of `instance_config` that says which first rows the database was given last. */
export const seedKey = "ATOLL_SEED";

/** SHA-256 of the SQL that fills in the first rows, in hex. */
export const seedChecksum = (seed: string): string => createHash("sha256").update(seed).digest("hex");

// One writer at a time for each database; a lock that somebody else holds must not hold us for ever.
const lock = `
select pg_catalog.set_config('lock_timeout', '15s', true);
select pg_catalog.set_config('atoll.by', 'atoll', true);
select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('atoll.schema', 0));
`;

/** What the database says when another instance has it: sessions bring it along in their own sentences. */
export const anotherOwner = "This database carries the mark of another instance.";

const markOwner = (instance: string) => `
insert into public.instance_config (key, value, updated_by)
values ('${ownerKey}', to_jsonb(${sqlLiteral(instance)}::text), 'atoll') on conflict (key) do nothing;
do ${dollarQuoted(
  `begin
  if (select value from public.instance_config where key = '${ownerKey}') <> to_jsonb(${sqlLiteral(instance)}::text) then
    raise exception '${anotherOwner}';
  end if;
end`,
  "owner",
)};
`;

/** What stands there with the same content is left alone; with another content the whole script fails. */
function applyOnce(migration: Migration): string {
  const { version, name, checksum, sql } = migration;
  const body = `declare
  began timestamptz := clock_timestamp();
begin
  if not exists (select from public.schema_migrations where version = ${version}) then
    execute ${dollarQuoted(sql, "migration")};
  end if;
  perform public.register_migration(${version}, ${sqlLiteral(name)}, '${checksum}', 'atoll',
    (extract(epoch from clock_timestamp() - began) * 1000)::integer);
end`;
  return `\n-- ${labelOf(migration)}\ndo ${dollarQuoted(body, "apply")};\n`;
}

const secureAll = `
do $secure$
declare
  t record;
begin
  for t in select c.oid::regclass as name from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity
  loop
    execute format('alter table %s enable row level security', t.name);
  end loop;
end
$secure$;
`;

const recordCatalog = `
insert into public.instance_config (key, value, is_secret, updated_by)
values ('${catalogKey}', ${catalogQuery}, true, 'atoll')
on conflict (key) do update set value = excluded.value, updated_at = now(), updated_by = excluded.updated_by;
`;

const recordChecksum = (key: string, checksum: string) => `
insert into public.instance_config (key, value, is_secret, updated_by)
values ('${key}', to_jsonb('${checksum}'::text), true, 'atoll')
on conflict (key) do update set value = excluded.value, updated_by = excluded.updated_by
  where public.instance_config.value <> excluded.value;
`;

const check = `
do $check$
declare
  bare text;
begin
  select string_agg(c.relname, ', ' order by c.relname) into bare from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity;
  if bare is not null then
    raise exception 'Row level security is off for: %', bare;
  end if;
end
$check$;
select public.get_schema_version() as version;
`;

interface ScriptOptions {
  /** The instance's id: marks the database as its own. */
  instance: string;
  /** SQL that fills in the first rows. Runs each time, so it must be safe to repeat. */
  seed?: string;
  /** Writes down how the catalog is now, so that a change by hand is seen later. */
  record?: boolean;
  /** Switches row-level security on for tables that somebody made or changed behind our back. */
  repair?: boolean;
}

/**
 * Everything that an empty or older database needs, as one text for one transaction: lock, ledger, mark of the
 * owner, every migration that is missing, the vault, first rows, and a last look that no table in `public` stands
 * open. The vault stands behind the migrations: older ones of a blueprint may have made parts of it.
 */
export function provisionScript(migrations: readonly Migration[], options: ScriptOptions): string {
  return [
    lock,
    ledger,
    markOwner(options.instance),
    ...migrations.map(applyOnce),
    vault,
    recordChecksum(ledgerKey, ledgerChecksum),
    options.seed === undefined
      ? ""
      : `\n${options.seed}\n${recordChecksum(seedKey, seedChecksum(options.seed))}`,
    options.repair ? secureAll : "",
    options.record ? recordCatalog : "",
    check,
  ].join("");
}
