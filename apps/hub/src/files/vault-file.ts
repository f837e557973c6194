import { dollarQuoted, sqlLiteral } from "@atoll/fleet/quote";
import { isVaultKey, jsonLiteral, type VaultEntry, vaultSeed } from "@atoll/fleet/vault";

/** One key as somebody at the hub set it. Of a secret the hub has no value. */
export interface WantedKey {
  key: string;
  type: string;
  secret: boolean;
  value?: unknown;
}

/** What an instance's vault is to hold. */
interface WantedVault {
  slug: string;
  /** The instance's id, which its database carries. */
  id: string;
  /** What the answers give, where nobody at the hub set it. */
  first: readonly VaultEntry[];
  /** What somebody at the hub set. */
  set: readonly WantedKey[];
  /** Keys that somebody at the hub removed. */
  gone: readonly string[];
}

// Rows that nobody in the instance has touched, and keys that nobody there has removed.
const untouched = "updated_by in ('atoll', 'hub')";
const notRemoved = (key: string) => `coalesce((
  select l.act <> 'removed' or l.changed_by in ('atoll', 'hub') from public.instance_config_log l
  where l.key = ${key} order by l.id desc limit 1), true)`;

const isJson = (type: string) => !["text", "url", "email"].includes(type);

function publicSql(keys: readonly WantedKey[]): string {
  if (keys.length === 0) return "";
  const rows = keys.map(({ key, value, type }) => `  ('${key}', ${jsonLiteral(value)}, ${sqlLiteral(type)})`);
  return `
insert into public.instance_config as c (key, value, value_type, is_secret, updated_by)
select v.key, v.value, v.value_type, false, 'hub' from (values
${rows.join(",\n")}
) v (key, value, value_type)
where ${notRemoved("v.key")}
on conflict (key) do update set value = excluded.value, value_type = excluded.value_type,
  is_secret = excluded.is_secret, updated_by = excluded.updated_by
where c.${untouched} and (c.value, c.value_type, c.is_secret)
  is distinct from (excluded.value, excluded.value_type, excluded.is_secret);
`;
}

/**
 * Not the key itself: an operator's shell exports OPENAI_API_KEY of its own, and HOST is a variable of psql. Not
 * ATOLL_SECRET_ either: with a key named KEY that would be the hub's own.
 */
const variableOf = (key: string) => `ATOLL_VAULT_${key}`;

/**
 * A secret is asked for only where the vault has no such key. It goes in by a setting of the transaction: a statement
 * that fails is written into the database's log, so the one that may fail does not hold the secret.
 */
function secretSql({ key, type }: WantedKey): string {
  const variable = variableOf(key);
  const given = "current_setting('atoll.given')";
  const value = isJson(type) ? `${given}::jsonb` : `to_jsonb(${given})`;
  return `
select not exists (select from public.instance_config where key = '${key}')
  and ${notRemoved(`'${key}'`)} as atoll_wanted \\gset
\\if :atoll_wanted
\\if :{?${variable}}
\\else
\\getenv ${variable} ${variable}
\\endif
\\if :{?${variable}}
select set_config('atoll.given', :'${variable}', true) as atoll_given \\gset
do $$ begin
  insert into public.instance_config (key, value, value_type, is_secret, updated_by)
  values ('${key}', ${value}, ${sqlLiteral(type)}, true, 'hub');
exception when others then
  raise exception 'The instance does not take ${key} (%).', sqlstate;
end $$;
\\else
do $$ begin
  raise exception 'The secret ${key} is missing: set ${variable} in the environment of psql.';
end $$;
\\endif
\\endif
`;
}

const ownerSql = (id: string) => `do ${dollarQuoted(
  `begin
  if exists (select from public.instance_config
      where key = 'ATOLL_INSTANCE_ID' and value <> to_jsonb(${sqlLiteral(id)}::text)) then
    raise exception 'This database carries the mark of another instance.';
  end if;
end`,
  "owner",
)};
`;

const goneSql = (keys: readonly string[]) =>
  keys.length === 0
    ? ""
    : `
delete from public.instance_config
where key in (${keys.map((key) => `'${key}'`).join(", ")}) and ${untouched};
`;

/**
 * `sql/SLUG-vault.sql`: brings an instance's vault to what the hub wants, by plain psql (15 or newer), safe to repeat.
 * What was changed or removed in the instance stays so. What clients typed stands in literals only; a secret is a
 * variable of psql, never a value.
 */
export function vaultFile({ slug, id, first, set, gone }: WantedVault): string {
  for (const key of [...set.map((each) => each.key), ...gone])
    if (!isVaultKey(key)) throw new Error(`"${key}" is no key of the vault.`);
  const secrets = set.filter(({ secret }) => secret);
  const how =
    secrets.length === 0
      ? ""
      : `--
-- Secrets stand in no file: psql takes them from its environment, and asks for those that the vault has not yet.
${secrets.map(({ key }) => `--   read -rs ${variableOf(key)} && export ${variableOf(key)}`).join("\n")}
`;
  return `-- The vault of "${slug}", for the instance's own database. Safe to run again.
--   psql "$INSTANCE_DATABASE_URL" -f ${slug}-vault.sql
${how}\\set ON_ERROR_STOP on
begin;
${ownerSql(id)}
${vaultSeed(first)}

set local atoll.by = 'hub';
${publicSql(set.filter(({ secret }) => !secret))}${secrets.map(secretSql).join("")}${goneSql(gone)}
commit;
`;
}
