import type { Language } from "./language.ts";
import { en, type Words } from "./words/en.ts";
import { fr } from "./words/fr.ts";
import { id } from "./words/id.ts";

/** The public pages' words in each language. */
export const words: Record<Language, Words> = { en, fr, id };
