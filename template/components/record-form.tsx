"use client";

import { useActionState } from "react";
import type { Messages } from "@/lib/messages/en";
import type { Field } from "@/lib/modules";
import { createRecord, type RecordState } from "@/lib/record-actions";
import { Submit } from "./submit";

interface Props {
  module: string;
  section: string;
  fields: readonly Field[];
  choices: Record<string, { value: string; label: string }[]>;
  text: Messages["list"];
  columns: Messages["columns"];
}

const types = { text: "text", email: "email", tel: "tel", amount: "text" } as const;

/** The form that adds a row to a section. */
export function RecordForm({ module, section, fields, choices, text, columns }: Props) {
  const send = createRecord.bind(null, module, section);
  const [state, action] = useActionState<RecordState, FormData>(send, {});
  return (
    <form action={action} className="form grid" noValidate>
      {fields.map((field) => (
        <div className={field.input === "long" ? "field wide" : "field"} key={field.name}>
          <label htmlFor={`field-${field.name}`}>
            {columns[field.name]}
            {field.required && <abbr title={text.required}>*</abbr>}
          </label>
          <Input field={field} state={state} choices={choices[field.name] ?? []} choose={text.choose} />
          {state.problems?.[field.name] && (
            <small className="problem" role="alert">
              {state.problems[field.name]}
            </small>
          )}
        </div>
      ))}
      <div className="form-end wide">
        <Submit label={text.save} />
        <p className={state.saved ? "good" : "problem"} role="status">
          {state.message}
        </p>
      </div>
    </form>
  );
}

interface InputProps {
  field: Field;
  state: RecordState;
  choices: { value: string; label: string }[];
  choose: string;
}

function Input({ field, state, choices, choose }: InputProps) {
  const shared = {
    id: `field-${field.name}`,
    name: field.name,
    required: field.required,
    defaultValue: state.values?.[field.name] ?? "",
    "aria-invalid": state.problems?.[field.name] ? true : undefined,
  };
  if (field.input === "long") return <textarea {...shared} rows={3} maxLength={5000} />;
  if (field.input === "choice" || field.input === "row") {
    // The key makes a select show what was chosen when a form comes back with a problem.
    return (
      <select {...shared} key={shared.defaultValue}>
        <option value="">{choose}</option>
        {choices.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    );
  }
  const inputMode = field.input === "amount" ? "decimal" : undefined;
  return (
    <input {...shared} type={types[field.input]} inputMode={inputMode} maxLength={200} autoComplete="off" />
  );
}
