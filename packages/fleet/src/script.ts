import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Catalog, catalogKey, catalogQuery, changesSql } from "./catalog.ts";
import { labelOf, type Migration, transactionalSql } from "./migrations.ts";
import { dollarQuoted, sqlLiteral } from "./quote.ts";

/** Row of `instance_config` that says whose database this is. */
export const ownerKey = "ATOLL_INSTANCE_ID";

const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");
/** What every database of an instance is given before its blueprint's migrations. */
export const ledger = `${read("ledger.sql")}\n${read("instance.sql")}`;
const vault = read("vault.sql");

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

/** How long to wait for others' locks, and for one migration. */
export interface Patience {
  lockTimeoutMs: number;
  /** Undefined = as long as the session lets it. */
  statementTimeoutMs?: number;
}

const usualPatience: Patience = { lockTimeoutMs: 15_000 };

/** SQL of the key under which one writer at a time works on a database's schema. */
export const schemaLock = "pg_catalog.hashtextextended('atoll.schema', 0)";

// One writer at a time for each database; a lock that somebody else holds must not hold us for ever.
const lock = ({ lockTimeoutMs, statementTimeoutMs }: Patience) => `
select pg_catalog.set_config('lock_timeout', '${lockTimeoutMs}ms', true)${
  statementTimeoutMs === undefined
    ? ""
    : `, pg_catalog.set_config('statement_timeout', '${statementTimeoutMs}ms', true)`
}, pg_catalog.set_config('atoll.by', 'atoll', true), pg_catalog.pg_advisory_xact_lock(${schemaLock});
`;

/** What the database says when another instance has it: sessions bring it along in their own sentences. */
export const anotherOwner = "This database carries the mark of another instance.";

/** What the database says when it knows more migrations than these: sessions bring it along in their own sentences. */
export const aheadOfUs = "The database is ahead of these migrations";

/**
 * Gives the database its ledger and the mark of its owner, and stops before anything else where it belongs to another
 * instance or knows more. One block for what were five statements: each of them costs a database as much as a small
 * migration.
 */
const begin = (instance: string, newest: number | undefined) => `
do ${dollarQuoted(
  `declare
  given text;
  owner jsonb;
begin
  begin
    select value #>> '{}' into given from public.instance_config where key = '${ledgerKey}';
  exception when undefined_table or undefined_column then
    null;
  end;
  perform pg_catalog.set_config('atoll.ledger', coalesce(given, ''), true);
  if given is distinct from '${ledgerChecksum}' then
    execute ${dollarQuoted(ledger, "part")};
  end if;
  select value into owner from public.instance_config where key = '${ownerKey}';
  if owner is null then
    insert into public.instance_config (key, value, updated_by)
    values ('${ownerKey}', to_jsonb(${sqlLiteral(instance)}::text), 'atoll');
  elsif owner <> to_jsonb(${sqlLiteral(instance)}::text) then
    raise exception '${anotherOwner}';
  end if;
  ${
    newest === undefined
      ? ""
      : `if public.get_schema_version() > ${newest} then
    raise exception '${aheadOfUs}: it is at version %, the newest here is ${newest}.', public.get_schema_version();
  end if;`
  }
end`,
  "begin",
)};
`;

/** What is there already in just this form is not made again: it would lock its tables for nothing. */
const unlessThere = (sql: string) => `
do ${dollarQuoted(
  `begin
  if pg_catalog.current_setting('atoll.ledger') is distinct from '${ledgerChecksum}' then
    execute ${dollarQuoted(sql, "part")};
  end if;
end`,
  "unless",
)};
`;

/**
 * Runs what is missing, in order, and tells the ledger after each. What stands there with the same content is left
 * alone; with another content the whole script fails. Up to `baseline` the objects stand there just as the migrations
 * make them: the ledger is told, and nothing is run. One loop for all: a block for each was planned anew each time.
 */
function applyAll(migrations: readonly Migration[], baseline: number): string {
  if (migrations.length === 0) return "";
  const rows = migrations.map((each) => {
    const isThere = each.version <= baseline;
    const sql = isThere ? "null" : dollarQuoted(transactionalSql(each), "migration");
    return `\n-- ${labelOf(each)}\n(${each.version}, ${sqlLiteral(each.name)}, '${each.checksum}', '${isThere ? "baseline" : "atoll"}', ${sql})`;
  });
  const body = `declare
  m record;
  began timestamptz;
begin
  for m in select * from (values ${rows.join(",")}
  ) as given (version, name, checksum, applied_by, sql) order by version loop
    began := clock_timestamp();
    if exists (select from public.schema_migrations s
        where s.version = m.version and s.state <> 'finished' and s.statements_done > 0) then
      raise exception 'Migration % broke off outside of transactions, and not all of it is done.', m.version
        using hint = 'Let a rollout finish it: it goes on behind what is done.';
    end if;
    if m.sql is not null and not exists (select from public.schema_migrations s
        where s.version = m.version and s.state = 'finished') then
      execute m.sql;
    end if;
    perform public.register_migration(m.version, m.name, m.checksum, m.applied_by,
      (extract(epoch from clock_timestamp() - began) * 1000)::integer);
  end loop;
end`;
  return `\ndo ${dollarQuoted(body, "apply")};\n`;
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

/** What the catalog should be when all is applied, as a rehearsal on a server of this major version left it. */
export interface Expected {
  catalog: Catalog;
  /** Of the server: another one words definitions differently, so that only names can be compared. */
  serverMajor: number;
}

/** What the database says when the catalog is not as rehearsed: sessions bring it along in their own sentences. */
export const notAsRehearsed = "The schema is not as it was rehearsed";

const namesOf = (json: string) =>
  `(select pg_catalog.jsonb_object_agg(name, '') from pg_catalog.jsonb_object_keys(${json}) name)`;

/** Holds the catalog against what is expected, and writes down how it is: a change by hand is seen later. */
const recordCatalog = (expected: Expected | undefined) => `
do ${dollarQuoted(
  `declare
  found jsonb := ${catalogQuery};
  ${
    expected === undefined
      ? ""
      : `expected jsonb := ${sqlLiteral(JSON.stringify(expected.catalog))};
  isSame boolean := pg_catalog.current_setting('server_version_num')::integer / 10000 = ${expected.serverMajor};
  wrong text;`
  }
begin
  ${
    expected === undefined
      ? ""
      : `if isSame and found = expected then
    wrong := null; -- as it nearly always is: what differs is not even planned
  elsif isSame then
    wrong := ${changesSql("expected", "found")};
  else
    wrong := ${changesSql(namesOf("expected"), namesOf("found"))};
  end if;
  if wrong is not null then
    raise exception '${notAsRehearsed}: %', wrong using errcode = 'AT001';
  end if;`
  }
  insert into public.instance_config (key, value, is_secret, updated_by)
  values ('${catalogKey}', found, true, 'atoll')
  on conflict (key) do update set value = excluded.value, updated_at = now(), updated_by = excluded.updated_by;
end`,
  "record",
)};
`;

const recordChecksum = (key: string, checksum: string) => `
insert into public.instance_config (key, value, is_secret, updated_by)
values ('${key}', to_jsonb('${checksum}'::text), true, 'atoll')
on conflict (key) do update set value = excluded.value, updated_by = excluded.updated_by
  where public.instance_config.value <> excluded.value;
`;

/** What the database says of tables without row-level security: sessions bring it along in their own sentences. */
export const standsOpen = "Row level security is off for";

const check = `
do $check$
declare
  bare text;
begin
  select string_agg(c.relname, ', ' order by c.relname) into bare from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity;
  if bare is not null then
    raise exception '${standsOpen}: %', bare;
  end if;
end
$check$;
`;

const told = `
select public.get_schema_version() as version,
  (extract(epoch from clock_timestamp() - transaction_timestamp()) * 1000)::integer as duration_ms;
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
  /** The script fails, and with it the whole transaction, where the catalog is another one afterwards. */
  expected?: Expected;
  patience?: Patience;
  /** Up to this version objects stand there as the migrations make them, though the ledger does not say so. */
  baseline?: number;
}

/**
 * Everything that an empty or older database needs, as one text for one transaction: lock, ledger, mark of the
 * owner, every migration that is missing, the vault, first rows, and a last look that no table in `public` stands
 * open. The vault stands behind the migrations: older ones of a blueprint may have made parts of it.
 * Gives one row: the version, and how long it took in milliseconds by the database's clock.
 */
export function provisionScript(migrations: readonly Migration[], options: ScriptOptions): string {
  const { instance, seed, record, repair, expected, patience = usualPatience, baseline = 0 } = options;
  return [
    lock(patience),
    begin(instance, expected && (migrations.at(-1)?.version ?? 0)),
    applyAll(migrations, baseline),
    unlessThere(`${vault}\n${recordChecksum(ledgerKey, ledgerChecksum)}`),
    seed === undefined ? "" : `\n${seed}\n${recordChecksum(seedKey, seedChecksum(seed))}`,
    repair ? secureAll : "",
    record || expected ? recordCatalog(expected) : "",
    check,
    told,
  ].join("");
}

/** A text of one transaction under the schema's lock. */
export const underLock = (sql: string, patience: Patience = usualPatience): string =>
  `${lock(patience)}${sql}`;
