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

/** What one kind of application calls its questions and their choices, in the reader's language. */
export interface OwnWords {
  fields: Record<string, string>;
  options: Record<string, Record<string, string>>;
}

/** A field's label and help: by the kind's own words, by ours, or, without any, spelled out. */
export function labelOf(words: Words, field: Field, own?: OwnWords): Label {
  const ours = known<Label>(words.fields, field.name);
  const label = own && known(own.fields, field.name);
  if (label !== undefined) return { label, ...(ours?.help !== undefined && { help: ours.help }) };
  return ours ?? { label: spelledOut(field.name), ...(field.description && { help: field.description }) };
}

/** An option's label, and help where there is some. */
export function optionLabel(words: Words, field: string, option: string, own?: OwnWords): Label {
  const label = own && known(known(own.options, field) ?? {}, option);
  if (label !== undefined) return { label };
  const group = known<Record<string, string | Label>>(words.options, field) ?? {};
  const found = known(group, option) ?? option;
  return typeof found === "string" ? { label: found } : found;
}
