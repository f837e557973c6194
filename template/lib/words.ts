import { clientConfig, type Locale } from "./client-config";
import { en, type Messages } from "./messages/en";
import { fr } from "./messages/fr";
import { id } from "./messages/id";

const languages: Record<Locale, Messages> = { en, fr, id };

/** The application's words in the client's language. */
export async function words(): Promise<Messages> {
  return languages[(await clientConfig()).locale];
}

/** Puts values where a message says `{name}`. */
export function fill(message: string, values: Record<string, string | number>): string {
  return message.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}
