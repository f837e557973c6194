"use client";

import { useActionState, useId } from "react";
import type { Messages } from "@/lib/messages/en";
import type { RecordState } from "@/lib/record-actions";
import type { FormField } from "@/lib/sections";
import { type Choices, FieldInput } from "./field-input";
import { Submit } from "./submit";

/** The words of a form. */
export interface FormWords {
  list: Messages["list"];
  columns: Messages["columns"];
  values: Messages["values"];
}

interface Props extends FormWords {
  send: (state: RecordState, form: FormData) => Promise<RecordState>;
  fields: readonly FormField[];
  choices: Record<string, Choices>;
  /** What the fields hold at first, as it is typed. */
  initial?: Record<string, string>;
  submit?: string;
}

const wide = (field: FormField) => (field.input === "long" ? "field wide" : "field");

/** A form of a section's fields: it adds a row, or changes one. */
export function RecordForm({ send, fields, choices, initial, submit, list, columns, values }: Props) {
  const [state, action] = useActionState<RecordState, FormData>(send, {});
  const form = useId();
  return (
    <form action={action} className="form grid" noValidate>
      {fields.map((field) => {
        const id = `${form}-${field.name}`;
        const problem = state.problems?.[field.name];
        const value = state.values?.[field.name] ?? initial?.[field.name] ?? field.initial ?? "";
        return (
          <div className={wide(field)} key={field.name}>
            <label htmlFor={id}>
              {columns[field.name]}
              {field.required && <abbr title={list.required}>*</abbr>}
            </label>
            <FieldInput
              field={field}
              id={id}
              value={value}
              invalid={problem !== undefined}
              describedBy={problem || field.input === "secret" ? `${id}-hint` : undefined}
              choices={choices[field.name]}
              choose={list.choose}
              words={values}
            />
            {problem ? (
              <small className="problem" role="alert" id={`${id}-hint`}>
                {problem}
              </small>
            ) : (
              field.input === "secret" && <small id={`${id}-hint`}>{list.keepSecret}</small>
            )}
          </div>
        );
      })}
      <div className="form-end wide">
        <Submit label={submit ?? list.save} />
        <p className={state.saved ? "good" : "problem"} role="status">
          {state.message}
        </p>
      </div>
    </form>
  );
}
