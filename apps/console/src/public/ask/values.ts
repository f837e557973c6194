import { slugFrom, slugProblem } from "@atoll/core/instance";
import type { Language } from "../language.ts";
import type { Words } from "../words/en.ts";
import type { Field } from "./fields.ts";

/** What somebody typed or chose; a field that they have not touched is not in it. */
export type Typed = Readonly<Record<string, string | string[]>>;

/** What each field shows: what was typed, or else what we suggest. */
export function shownValues(fields: readonly Field[], typed: Typed, language: Language) {
  const suggest = (field: Field): string | string[] => {
    if (field.kind === "slug") return typeof typed.name === "string" ? slugFrom(typed.name) : "";
    if (field.name === "locale") return language;
    return "preset" in field ? field.preset : "";
  };
  return Object.fromEntries(fields.map((field) => [field.name, typed[field.name] ?? suggest(field)]));
}

const looksLikeEmail = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

function problemOf(field: Field, value: string | string[], check: Words["check"]): string | undefined {
  if (field.kind === "choices") return value.length < field.atLeast ? check.choose : undefined;
  const text = String(value).trim();
  if (text === "") return field.required ? check.missing : undefined;
  if (field.kind === "email" && !looksLikeEmail.test(text)) return check.email;
  if (field.kind === "slug" && slugProblem(text) !== undefined) return check.slug;
  return undefined;
}

/** What can be said without the hub about values that it would refuse, by field. The hub has the last word. */
export function problemsOf(
  fields: readonly Field[],
  values: Typed,
  check: Words["check"],
): Record<string, string> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = values[field.name] ?? "";
      // A name without one Latin letter gives no short name: its asker has to choose one.
      const isNeeded =
        field.required ||
        (field.kind === "slug" && slugFrom(String(values.name ?? "")) === "" && values.name !== "");
      const problem = problemOf({ ...field, required: isNeeded }, value, check);
      return problem === undefined ? [] : [[field.name, problem]];
    }),
  );
}

/** The answers to send: what was left empty stays out, so that the blueprint decides. */
export function answersOf(values: Typed): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(values)
      .map(([name, value]) => [name, typeof value === "string" ? value.trim() : value] as const)
      .filter(([name, value]) => name !== "locale" && value !== ""),
  );
}
