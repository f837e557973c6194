import { readMigrations } from "@atoll/fleet/migrations";
import { sqlLiteral } from "@atoll/fleet/quote";

/** All migrations of the blueprint, in their order. */
export const migrations = readMigrations(new URL("../migrations/", import.meta.url));

/** The first row: the client's organization, to which the first admin and everybody invited belongs. */
export function seedFor({ name, slug }: { name: string; slug: string }): string {
  return `insert into public.organizations (name, slug)
values (${sqlLiteral(name)}, ${sqlLiteral(slug)}) on conflict (slug) do nothing;`;
}
