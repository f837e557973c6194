import type { Readable, Writable } from "node:stream";
import {
  confirm,
  intro,
  isCancel,
  log,
  multiselect,
  note,
  outro,
  password,
  select,
  text,
} from "@clack/prompts";
import { plain } from "../../output/paint.ts";

/** Thrown when the person pressed Ctrl-C or Escape at a question. */
export class Cancelled extends Error {}

/** Says what is wrong with what was typed; undefined = nothing. */
export type Check = (typed: string) => Promise<string | undefined>;

interface Terminal {
  input: Readable;
  output: Writable;
}

/** An option as a person sees it. */
interface Option {
  value: string;
  label: string;
  hint?: string;
}

/** A person at a terminal, who is asked one thing after the other. Every method throws `Cancelled` on Ctrl-C. */
export interface Prompts {
  begin(title: string): void;
  text(message: string, options: { initial?: string; check: Check }): Promise<string>;
  secret(message: string, check: Check): Promise<string>;
  choice(message: string, options: Option[], initial: string | undefined): Promise<string>;
  choices(message: string, options: Option[], initial: string[], required: boolean): Promise<string[]>;
  yes(message: string, words: { yes: string; no: string }, initial: boolean): Promise<boolean>;
  note(title: string, text: string): void;
  refuse(text: string): void;
  /** Shows that something is being looked at meanwhile. */
  during<T>(message: string, work: () => Promise<T>): Promise<T>;
  end(text: string): void;
}

function given<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new Cancelled();
  return answer as Exclude<T, symbol>; // clack answers with no other symbol
}

/** Prompts on a terminal. */
export function promptsOn(terminal: Terminal): Prompts {
  const validate = (check: Check) => (typed: string | undefined) => check((typed ?? "").trim());
  return {
    begin: (title) => intro(title, terminal),
    async text(message, { initial, check }) {
      const options = { message, validate: validate(check), ...terminal };
      const typed = given(
        await text({ ...options, ...(initial !== undefined && { initialValue: initial }) }),
      );
      return (typed ?? "").trim();
    },
    async secret(message, check) {
      return (given(await password({ message, validate: validate(check), ...terminal })) ?? "").trim();
    },
    choice: async (message, options, initial) =>
      given(await select({ message, options, initialValue: initial, maxItems: 12, ...terminal })),
    choices: async (message, options, initial, required) =>
      given(await multiselect({ message, options, initialValues: initial, required, ...terminal })),
    yes: async (message, { yes, no }, initial) =>
      given(await confirm({ message, active: yes, inactive: no, initialValue: initial, ...terminal })),
    note: (title, told) => note(told, title, { format: (line) => line, ...terminal }),
    refuse: (told) => log.error(plain(told), terminal),
    during(message, work) {
      // A spinner would take Ctrl-C for itself and end the process without a word.
      log.step(`${message} …`, terminal);
      return work();
    },
    end: (told) => outro(told, terminal),
  };
}
