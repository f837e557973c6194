import type { PublicRequest } from "@atoll/contract/schemas/request";

/** A language of the public pages: those of requests. */
export type Language = PublicRequest["locale"];

/** In the order in which the switch shows them. */
export const languages = ["en", "fr", "id"] as const satisfies readonly Language[];

/** Reads a language tag as browsers and addresses write it ("fr-CA"); undefined for one that we do not speak. */
export function languageOf(tag: unknown): Language | undefined {
  const [primary] = typeof tag === "string" ? tag.toLowerCase().split("-") : [];
  return languages.find((language) => language === primary);
}

/** The first language that somebody wants and we speak; English when there is none. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const language = languageOf(tag);
    if (language !== undefined) return language;
  }
  return "en";
}
