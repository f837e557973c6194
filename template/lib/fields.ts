import type { Locale } from "./client-config";
import type { Messages } from "./messages/en";
import { minorFrom } from "./money";
import type { FormField, Row } from "./sections";

interface Checked {
  /** Ready for the database: only known fields. */
  row: Record<string, string | number | boolean | null>;
  values: Record<string, string>;
  problems: Record<string, string>;
}

/** What checking depends on beside what was typed. */
export interface Checking {
  text: Messages["list"];
  locale: Locale;
  /** Of the money in this form. */
  currency: string;
  /** An added row leaves out what is empty, a changed one is emptied there. */
  for: "add" | "change";
}

export const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const amount = /^\d{1,12}(\.\d{1,2})?$/;

type Value = string | number | boolean;
type Reading = { value: Value } | { problem: string };

/** A number within bounds, written with a point or a comma. */
function numberFrom(typed: string, pattern: RegExp, least: number, most: number): number | undefined {
  const text = typed.replace(",", ".");
  const number = Number(text);
  return pattern.test(text) && number >= least && number <= most ? number : undefined;
}

/** Whether it is a day of the calendar: 31 February is none. */
function isDay(typed: string): boolean {
  const time = new Date(`${typed}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 10) === typed;
}

const whole = /^\d{1,9}$/;
const either = (value: Value | undefined, problem: string): Reading =>
  value === undefined ? { problem } : { value };

function readingOf(field: FormField, typed: string, { text, locale, currency }: Checking): Reading {
  switch (field.input) {
    case "email":
      return either(
        email.test(typed) ? (field.lower ? typed.toLowerCase() : typed) : undefined,
        text.badEmail,
      );
    case "url":
      return either(/^https:\/\/[^\s"<>]+$/.test(typed) ? typed : undefined, text.badAddress);
    case "amount":
      return either(numberFrom(typed, amount, 0, 1e12), text.badNumber);
    case "money":
      return either(minorFrom(typed, currency, locale), text.badNumber);
    case "currency":
      return either(
        /^[A-Z]{3}$/.test(typed.toUpperCase()) ? typed.toUpperCase() : undefined,
        text.badCurrency,
      );
    case "count":
      return either(numberFrom(typed, whole, 0, field.most ?? 1_000_000), text.badCount);
    case "change":
      return either(numberFrom(typed, /^[+-]?\d{1,7}$/, -1_000_000, 1_000_000) || undefined, text.badCount);
    case "degrees":
      return either(
        numberFrom(typed, /^-?\d{1,3}(\.\d{1,12})?$/, -(field.most ?? 180), field.most ?? 180),
        text.badCount,
      );
    case "quantity":
      return either(numberFrom(typed, /^\d{1,9}(\.\d{1,3})?$/, 0.001, 999_999_999), text.badCount);
    case "percent": {
      const percent = numberFrom(typed, /^\d{1,3}(\.\d{1,2})?$/, 0, 100);
      return either(percent === undefined ? undefined : Math.round(percent * 100), text.badCount);
    }
    case "day":
      return either(isDay(typed) ? typed : undefined, text.badDay);
    case "moment":
      return Number.isNaN(Date.parse(typed))
        ? { problem: text.badDay }
        : { value: new Date(typed).toISOString() };
    case "row":
      return either(uuid.test(typed) ? typed : undefined, text.badChoice);
    case "choice":
      return either(field.choices?.includes(typed) ? typed : undefined, text.badChoice);
    case "check":
      return { value: true };
    default:
      return { value: typed };
  }
}

/** Checks what was typed; what is typed reaches the database as a value, never as a part of a query. */
export function checkFields(fields: readonly FormField[], form: FormData, checking: Checking): Checked {
  const checked: Checked = { row: {}, values: {}, problems: {} };
  for (const field of fields) {
    const given = form.get(field.name);
    // Postgres keeps no NUL in text; browsers send line ends as two characters.
    const typed = typeof given === "string" ? given.replaceAll("\0", "").replaceAll("\r\n", "\n").trim() : "";
    if (field.input !== "secret") checked.values[field.name] = typed;
    if (typed === "") {
      if (field.required) checked.problems[field.name] = checking.text.required;
      else if (field.input === "check") checked.row[field.name] = false;
      // A secret's field is always empty: it stays as it is.
      else if (checking.for === "change" && field.input !== "secret")
        checked.row[field.name] = field.empty ?? null;
      continue;
    }
    const tooLong = [...typed].length > (field.max ?? (field.input === "long" ? 5000 : 200));
    const reading: Reading = tooLong ? { problem: checking.text.tooLong } : readingOf(field, typed, checking);
    if ("problem" in reading) checked.problems[field.name] = reading.problem;
    else checked.row[field.name] = reading.value;
  }
  return checked;
}

/** What a refusal by the database means to people. */
export function refusalText(error: { code?: string }, text: Messages["list"]): string {
  switch (error.code) {
    case "42501":
      return text.notAllowed;
    case "23505":
      return text.taken;
    case "23503":
      return text.inUse;
    case "23514":
    case "23502":
    case "22001":
      return text.doesNotFit;
    default:
      return text.failed;
  }
}

/** The text in which a stored value stands in a form's field. */
export function inputValue(field: FormField, row: Row, moneyInput: (minor: number) => string): string {
  const value = row[field.name];
  if (field.input === "secret" || value === null || value === undefined) return "";
  if (field.input === "money") return moneyInput(Number(value));
  if (field.input === "percent") return String(Number(value) / 100);
  if (field.input === "check") return value === true ? "true" : "";
  return String(value);
}
