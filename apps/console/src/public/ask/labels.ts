import type { Words } from "../words/en.ts";
import type { Field } from "./fields.ts";

/** What a person reads at a field or an option. */
interface Label {
  label: string;
  help?: string;
}

const known = <Value>(record: Record<string, Value>, key: string): Value | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** "adminEmail" → "Admin email": for a question that has no words yet. */
function spelledOut(name: string): string {
  const text = name.replace(/[_-]+/g, " ").replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A field's label and help; without words of ours, the blueprint's own. */
export function labelOf(words: Words, field: Field): Label {
  const own = { label: spelledOut(field.name), ...(field.description && { help: field.description }) };
  return known<Label>(words.fields, field.name) ?? own;
}

/** An option's label, and help where there is some. */
export function optionLabel(words: Words, field: string, option: string): Label {
  const group = known<Record<string, string | Label>>(words.options, field) ?? {};
  const found = known(group, option) ?? option;
  return typeof found === "string" ? { label: found } : found;
}
