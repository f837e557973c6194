import { readMigrations } from "@atoll/fleet/migrations";
import { sqlLiteral } from "@atoll/fleet/quote";
import { coordinatesFrom } from "./coordinates.ts";
import type { Answers } from "./questions.ts";

/** All migrations of the blueprint, in their order. */
export const migrations = readMigrations(new URL("../migrations/", import.meta.url));

/** One key of `instance_config`, none of them secret. */
interface VaultEntry {
  key: string;
  value: string | boolean | { latitude: number; longitude: number; zoom: number };
  type: "text" | "boolean" | "coordinates";
}

/** What the answers put into the instance's vault; the community's settings follow from it. */
export function vaultOf(answers: Answers): VaultEntry[] {
  const { latitude, longitude } = coordinatesFrom(answers.mapCenter) ?? { latitude: 0, longitude: 0 };
  return [
    { key: "COMMUNITY_NAME", value: answers.name, type: "text" },
    { key: "COMMUNITY_TYPE", value: answers.communityType, type: "text" },
    { key: "COMMUNITY_LOCALE", value: answers.locale, type: "text" },
    { key: "CITY_NAME", value: answers.city, type: "text" },
    { key: "CONTACT_EMAIL", value: answers.contactEmail, type: "text" },
    { key: "BOT_NAME", value: answers.botName, type: "text" },
    { key: "MAP_DEFAULT_CENTER", value: { latitude, longitude, zoom: 13 }, type: "coordinates" },
    { key: "FEDERATION", value: answers.federation === "yes", type: "boolean" },
  ];
}

/** Fills the vault with what was asked for; what was changed since then stays. */
export function seedFor(answers: Answers): string {
  const rows = vaultOf(answers).map(
    ({ key, value, type }) => `('${key}', ${sqlLiteral(JSON.stringify(value))}::jsonb, '${type}', 'atoll')`,
  );
  return `insert into public.instance_config (key, value, value_type, updated_by) values
${rows.join(",\n")}
on conflict (key) do nothing;`;
}
