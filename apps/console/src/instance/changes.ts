import type { Field } from "../public/ask/fields.ts";

type Typed = Readonly<Record<string, string | string[]>>;

const textOf = (value: unknown): string =>
  typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);

/** What each field shows: what was typed, or else what was answered last. */
export function shownAnswers(
  fields: readonly Field[],
  answers: Record<string, unknown>,
  typed: Typed,
): Typed {
  return Object.fromEntries(
    fields.map((field) => {
      const answer = answers[field.name];
      const known =
        field.kind === "choices" ? (Array.isArray(answer) ? answer.map(textOf) : []) : textOf(answer);
      return [field.name, typed[field.name] ?? known];
    }),
  );
}

/** Only what differs from the last answers; an optional text that was emptied is null: taken away. */
export function changesOf(
  fields: readonly Field[],
  answers: Record<string, unknown>,
  typed: Typed,
): Record<string, string | string[] | null> {
  const known = shownAnswers(fields, answers, {});
  const shown = shownAnswers(fields, answers, typed);
  return Object.fromEntries(
    fields.flatMap(({ name, required }) => {
      const before = known[name] ?? "";
      const given = shown[name] ?? "";
      const now = typeof given === "string" ? given.trim() : given;
      if (same(before, now)) return [];
      return [[name, now === "" && !required ? null : now]];
    }),
  );
}

/** Choices are the same in whichever order they were ticked. */
const same = (before: string | string[], now: string | string[]) =>
  Array.isArray(before) && Array.isArray(now)
    ? before.toSorted().join("\n") === now.toSorted().join("\n")
    : before === now;
