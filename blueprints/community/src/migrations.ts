import { commonVault } from "@atoll/blueprint-kit/vault";
import { readMigrations } from "@atoll/fleet/migrations";
import type { VaultEntry } from "@atoll/fleet/vault";
import { coordinatesFrom } from "./coordinates.ts";
import type { Answers } from "./questions.ts";

/** All migrations of the blueprint, in their order. */
export const migrations = readMigrations(new URL("../migrations/", import.meta.url));

/** What the answers put into the instance's vault; the community's settings follow from it. */
export function vaultOf(answers: Answers): VaultEntry[] {
  const { latitude, longitude } = coordinatesFrom(answers.mapCenter) ?? { latitude: 0, longitude: 0 };
  return [
    // The page reads its contact address as text, and so does private.vault_key_type.
    ...commonVault(answers).filter(({ key }) => key !== "CONTACT_EMAIL"),
    { key: "CONTACT_EMAIL", value: answers.contactEmail, type: "text" },
    { key: "COMMUNITY_NAME", value: answers.name, type: "text" },
    { key: "COMMUNITY_TYPE", value: answers.communityType, type: "text" },
    { key: "COMMUNITY_LOCALE", value: answers.locale, type: "text" },
    { key: "CITY_NAME", value: answers.city, type: "text" },
    { key: "BOT_NAME", value: answers.botName, type: "text" },
    { key: "MAP_DEFAULT_CENTER", value: { latitude, longitude, zoom: 13 }, type: "coordinates" },
    { key: "FEDERATION", value: answers.federation === "yes", type: "boolean" },
  ];
}
