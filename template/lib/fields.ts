import type { Messages } from "./messages/en";
import type { Field } from "./modules";

interface Checked {
  /** Ready for the database: only known fields, empty ones left out. */
  row: Record<string, string | number>;
  values: Record<string, string>;
  problems: Record<string, string>;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const amount = /^\d{1,12}(\.\d{1,2})?$/;

function problemOf(field: Field, value: string, text: Messages["list"]): string | undefined {
  if (value === "") return field.required ? text.required : undefined;
  if (value.length > (field.input === "long" ? 5000 : 200)) return text.tooLong;
  if (field.input === "email" && !email.test(value)) return text.badEmail;
  if (field.input === "amount" && !amount.test(value)) return text.badNumber;
  if (field.input === "row" && !uuid.test(value)) return text.badChoice;
  if (field.choices && !field.choices.includes(value)) return text.badChoice;
  return undefined;
}

/** Checks what was typed; what is typed reaches the database as a value, never as a part of a query. */
export function checkFields(fields: readonly Field[], form: FormData, text: Messages["list"]): Checked {
  const checked: Checked = { row: {}, values: {}, problems: {} };
  for (const field of fields) {
    const typed = form.get(field.name);
    // Postgres keeps no NUL in text.
    const value = typeof typed === "string" ? typed.replaceAll("\0", "").trim() : "";
    const comma = field.input === "amount" ? value.replace(",", ".") : value;
    checked.values[field.name] = value;
    const problem = problemOf(field, comma, text);
    if (problem) checked.problems[field.name] = problem;
    else if (comma !== "") checked.row[field.name] = field.input === "amount" ? Number(comma) : comma;
  }
  return checked;
}
