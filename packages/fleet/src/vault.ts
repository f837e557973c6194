import { sqlLiteral } from "./quote.ts";

/** What a value of the vault may be; the database holds each to it. */
export const vaultTypes = ["text", "number", "boolean", "json", "coordinates", "url", "email"] as const;
export type VaultType = (typeof vaultTypes)[number];

/** One public key as an instance's answers give it. */
export interface VaultEntry {
  /** `[A-Z][A-Z0-9_]{0,99}`, not starting with ATOLL_. */
  key: string;
  value: string | number | boolean | object;
  type: VaultType;
}

const keyPattern = /^(?!ATOLL_)[A-Z][A-Z0-9_]{0,99}$/;

/** Whether a key may stand in the vault; ATOLL_ is the hub's own beginning. */
export const isVaultKey = (key: string): boolean => keyPattern.test(key);

/** Whether a value holds text, at any depth, that Postgres keeps in no jsonb: a NUL, or half of a surrogate pair. */
export function holdsOddText(value: unknown): boolean {
  if (typeof value === "string") return value.includes("\0") || !value.isWellFormed();
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some((pair) => pair.some(holdsOddText));
}

/** A value as an SQL literal of type jsonb, whatever is in it. Throws for what no jsonb keeps. */
export function jsonLiteral(value: unknown): string {
  if (holdsOddText(value)) throw new Error("A value for the vault holds a character that no database keeps.");
  return `${sqlLiteral(JSON.stringify(value))}::jsonb`;
}

/**
 * SQL for one transaction, safe to repeat: puts keys into a vault that never knew them, and gives those that nobody has
 * touched since their value of today. What somebody changed stays, and what was removed stays away.
 */
export function vaultSeed(entries: readonly VaultEntry[]): string {
  if (entries.length === 0) return "";
  const rows = entries.map(({ key, value, type }) => {
    if (!isVaultKey(key)) throw new Error(`"${key}" is no key of the vault.`);
    return `  ('${key}', ${jsonLiteral(value)}, '${type}')`;
  });
  const answered = `(values\n${rows.join(",\n")}\n) v (key, value, value_type)`;
  return `set local atoll.by = 'atoll';
insert into public.instance_config (key, value, value_type, updated_by)
select v.key, v.value, v.value_type, 'atoll' from ${answered}
where not exists (select from public.instance_config_log l where l.key = v.key)
on conflict (key) do nothing;
update public.instance_config c set value = v.value, value_type = v.value_type
from ${answered}
where c.key = v.key and c.updated_by = 'atoll' and not c.is_secret and c.value is distinct from v.value;`;
}
