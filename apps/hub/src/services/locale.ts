import { type Locale, locales } from "@atoll/blueprint-kit/locales";

/** A language that mails are written in; English for any other. */
export const localeOf = (text: string): Locale => locales.find((each) => each === text) ?? "en";
