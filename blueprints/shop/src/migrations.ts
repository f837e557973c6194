import { readMigrations } from "@atoll/fleet/migrations";
import { sqlLiteral } from "@atoll/fleet/quote";
import type { Answers } from "./questions.ts";

/** All migrations of the blueprint, in their order. */
export const migrations = readMigrations(new URL("../migrations/", import.meta.url));

/** The shop's settings, as they were asked for; what was changed since then stays. */
export function seedFor({
  name,
  adminEmail,
  locale,
  currency,
}: Pick<Answers, "name" | "adminEmail" | "locale" | "currency">): string {
  const values = [name, adminEmail, locale, currency].map(sqlLiteral).join(", ");
  return `insert into public.shop_settings (name, contact_email, locale, currency)
values (${values}) on conflict (only_row) do nothing;`;
}
