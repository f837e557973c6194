"use client";

import type { Messages } from "@/lib/messages/en";
import type { FormField } from "@/lib/sections";
import { MomentInput } from "./moment-input";

export type Choices = readonly { value: string; label: string }[];

interface Props {
  field: FormField;
  id: string;
  value: string;
  invalid: boolean;
  describedBy: string | undefined;
  /** Rows that can be chosen; a choice without rows offers the field's own values. */
  choices: Choices | undefined;
  choose: string;
  words: Messages["values"];
}

const types: Partial<Record<FormField["input"], string>> = {
  email: "email",
  tel: "tel",
  url: "url",
  day: "date",
  secret: "password",
};
const modes: Partial<Record<FormField["input"], "decimal" | "numeric">> = {
  amount: "decimal",
  money: "decimal",
  quantity: "decimal",
  percent: "decimal",
  count: "numeric",
};

/** The control of one field. */
export function FieldInput({ field, id, value, invalid, describedBy, choices, choose, words }: Props) {
  const shared = {
    id,
    name: field.name,
    required: field.required,
    "aria-invalid": invalid ? true : undefined,
    "aria-describedby": describedBy,
  };
  const known: Record<string, string> = words;
  switch (field.input) {
    case "long":
      return <textarea {...shared} defaultValue={value} rows={3} maxLength={field.max ?? 5000} />;
    case "check":
      return <input {...shared} type="checkbox" value="true" defaultChecked={value === "true"} key={value} />;
    case "moment":
      return <MomentInput {...shared} value={value} />;
    case "choice":
    case "row": {
      const own = field.choices?.map((each) => ({
        value: each,
        label: known[each] ?? each.replaceAll("_", " "),
      }));
      // The key makes a select show what was chosen when a form comes back with a problem.
      return (
        <select {...shared} defaultValue={value} key={value}>
          {!(field.required && value !== "") && <option value="">{choose}</option>}
          {(own ?? choices ?? []).map((each) => (
            <option key={each.value} value={each.value}>
              {each.label}
            </option>
          ))}
        </select>
      );
    }
    default:
      return (
        <input
          {...shared}
          defaultValue={value}
          type={types[field.input] ?? "text"}
          inputMode={modes[field.input]}
          maxLength={field.max ?? 200}
          autoComplete={field.input === "secret" ? "new-password" : "off"}
        />
      );
  }
}
