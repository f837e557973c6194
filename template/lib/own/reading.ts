import type { Locale } from "../client-config";

export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const named = (pattern: RegExp) => (value: unknown) =>
  typeof value === "string" && pattern.test(value) ? value : undefined;

/** A name of a table, a column or a value: nothing that a query could take for more than a name. */
export const columnName = named(/^[a-z][a-z0-9_]{0,62}$/);

/** A part of an address. */
export const addressName = named(/^[a-z][a-z0-9_-]{0,62}$/);

/** One of a few words, or undefined. */
export const oneOf = <T extends string>(allowed: readonly T[], value: unknown): T | undefined =>
  allowed.find((each) => each === value);

const mostItems = 100;

/** What can be read of a list's items; the others are left out. */
export const listOf = <T>(read: (item: unknown) => T | undefined, value: unknown): T[] =>
  (Array.isArray(value) ? value.slice(0, mostItems) : []).map(read).filter((each) => each !== undefined);

/** Words by key in one language; in English, or spelled like the key, where that language has none. */
export function words(given: unknown, locale: Locale): Record<string, string> {
  if (!isObject(given)) return {};
  return Object.fromEntries(
    Object.entries(given)
      .filter(([key]) => addressName(key))
      .map(([key, each]) => {
        const text = isObject(each) ? (each[locale] ?? each.en) : undefined;
        return [
          key,
          typeof text === "string" && text.trim() !== "" ? text.slice(0, 200) : key.replaceAll("_", " "),
        ];
      }),
  );
}
