import type { VaultEntry } from "@atoll/fleet/vault";
import type { BaseAnswers } from "./kind.ts";

/** The keys that every instance's vault begins with: its application reads them whenever it shows a page. */
export function commonVault(answers: Pick<BaseAnswers, "name" | "locale" | "adminEmail">): VaultEntry[] {
  return [
    { key: "APP_NAME", value: answers.name, type: "text" },
    { key: "LOCALE", value: answers.locale, type: "text" },
    { key: "CONTACT_EMAIL", value: answers.adminEmail, type: "email" },
  ];
}
