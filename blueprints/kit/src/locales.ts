/** Languages of the instances' pages and mails, and of the public form. */
export const locales = ["en", "fr", "id"] as const;
export type Locale = (typeof locales)[number];
