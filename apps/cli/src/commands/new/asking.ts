import type { AskedKind, Desk } from "../../desk.ts";
import type { Prompts } from "./prompts.ts";
import type { Language, Words } from "./words.ts";

/** Answers as they were typed, by question. */
export type Answers = Record<string, unknown>;

/** Everything that asking one kind's questions takes. */
export interface Asking {
  desk: Desk;
  kind: AskedKind;
  prompts: Prompts;
  language: Language;
  words: Words;
}
