import { sqlLiteral } from "@atoll/fleet/quote";
import { isVaultKey, jsonLiteral } from "@atoll/fleet/vault";

/** One key as the hub wants it in an instance. Of a secret the hub has no value. */
export interface WantedKey {
  key: string;
  type: string;
  secret: boolean;
  value?: unknown;
  /** As the instance names whoever wrote it: "atoll" for answers, "hub" for people at the hub. */
  by: string;
}

const upsert = `on conflict (key) do update set value = excluded.value, value_type = excluded.value_type,
  is_secret = excluded.is_secret, updated_by = excluded.updated_by
where (c.value, c.value_type, c.is_secret) is distinct from (excluded.value, excluded.value_type, excluded.is_secret);`;
const into = "insert into public.instance_config as c (key, value, value_type, is_secret, updated_by)";

const isJson = (type: string) => !["text", "url", "email"].includes(type);

function secretSql({ key, type, by }: WantedKey): string {
  const value = isJson(type) ? `:'${key}'::jsonb` : `to_jsonb(:'${key}'::text)`;
  return `
\\if :{?${key}}
\\else
\\getenv ${key} ${key}
\\endif
\\if :{?${key}}
${into}
values ('${key}', ${value}, ${sqlLiteral(type)}, true, ${sqlLiteral(by)})
${upsert}
\\else
do $$ begin
  if not exists (select from public.instance_config where key = '${key}' and is_secret) then
    raise exception 'The secret ${key} is missing: set it in the environment of psql.';
  end if;
end $$;
\\endif
`;
}

/**
 * `sql/SLUG-vault.sql`: brings an instance's vault to what the hub wants, by plain psql (15 or newer), safe to repeat.
 * What clients typed stands in literals only; a secret is a variable of psql, never a value.
 */
export function vaultFile(slug: string, keys: readonly WantedKey[], gone: readonly string[]): string {
  for (const key of [...keys.map((each) => each.key), ...gone])
    if (!isVaultKey(key)) throw new Error(`"${key}" is no key of the vault.`);
  const rows = keys
    .filter(({ secret }) => !secret)
    .map(
      ({ key, value, type, by }) =>
        `  ('${key}', ${jsonLiteral(value)}, ${sqlLiteral(type)}, false, ${sqlLiteral(by)})`,
    );
  const secrets = keys.filter(({ secret }) => secret);
  const how =
    secrets.length === 0
      ? ""
      : `--
-- Secrets stand in no file: psql takes them from its environment, and asks for those that the vault has not yet.
${secrets.map(({ key }) => `--   read -rs ${key} && export ${key}`).join("\n")}
`;
  return `-- The vault of "${slug}", for the instance's own database. Safe to run again.
--   psql "$INSTANCE_DATABASE_URL" -f ${slug}-vault.sql
${how}\\set ON_ERROR_STOP on
begin;
${rows.length === 0 ? "" : `\n${into} values\n${rows.join(",\n")}\n${upsert}\n`}${secrets.map(secretSql).join("")}${
  gone.length === 0
    ? ""
    : `\ndelete from public.instance_config where key in (${gone.map((key) => `'${key}'`).join(", ")});\n`
}
commit;
`;
}
