import { clientConfig, type Locale } from "./client-config";
import { en, type Messages } from "./messages/en";
import { fr } from "./messages/fr";
import { id } from "./messages/id";
import type { OwnWords } from "./own/pages";

const languages: Record<Locale, Messages> = { en, fr, id };

/** The application's words in the client's language. */
export async function words(): Promise<Messages> {
  const { locale, own } = await clientConfig();
  return own ? withOwn(languages[locale], own.words[locale]) : languages[locale];
}

/** The application's words with those of pages that only the file describes. */
function withOwn(words: Messages, own: OwnWords): Messages {
  return {
    ...words,
    modules: { ...words.modules, ...own.modules },
    about: { ...words.about, ...own.about },
    sections: { ...words.sections, ...own.sections },
    columns: { ...words.columns, ...own.columns },
    values: { ...words.values, ...own.values },
  };
}

/** Puts values where a message says `{name}`. */
export function fill(message: string, values: Record<string, string | number>): string {
  return message.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}
