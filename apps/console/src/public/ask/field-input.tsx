import { Checkbox, NativeSelect, Stack, Text, TextInput, type TextInputProps } from "@mantine/core";
import type { ReactNode } from "react";
import { alarm, quiet } from "../tones.ts";
import type { Words } from "../words/en.ts";
import type { Field } from "./fields.ts";
import { labelOf, type OwnWords, optionLabel } from "./labels.ts";

/** Id of what takes the focus when a field has to be looked at. */
export const idOfField = (name: string) => `ask-${name}`;

interface FieldInputProps {
  field: Field;
  words: Words;
  own: OwnWords | undefined;
  value: string | string[];
  error: ReactNode;
  onChange(value: string | string[]): void;
}

// What browsers may fill in for somebody; the same names mean the same in every blueprint.
const autoComplete: Record<string, string> = { name: "organization", adminName: "name", adminEmail: "email" };

const typing: Record<"text" | "email" | "slug", TextInputProps> = {
  text: { type: "text" },
  email: { type: "email", inputMode: "email", autoCapitalize: "none", spellCheck: false },
  slug: { type: "text", inputMode: "url", autoCapitalize: "none", autoCorrect: "off", spellCheck: false },
};

/** One question, with its label, help and problem tied to it for screen readers. */
export function FieldInput({ field, words, own, value, error, onChange }: FieldInputProps) {
  const { label, help } = labelOf(words, field, own);
  const isOptional = !field.required && (field.kind === "text" || field.kind === "email");
  const common = {
    size: "md",
    radius: "md",
    label: isOptional ? words.ask.optional(label) : label,
    description: help,
    descriptionProps: { c: quiet },
    error,
    errorProps: { c: alarm },
  } as const;
  if (field.kind === "choices")
    return (
      <Checkbox.Group {...common} value={Array.isArray(value) ? value : []} onChange={onChange}>
        <Stack gap="sm" mt="sm">
          {field.options.map((option, index) => {
            const { label: text, help: about } = optionLabel(words, field.name, option, own);
            return (
              <Checkbox
                key={option}
                id={index === 0 ? idOfField(field.name) : `${idOfField(field.name)}-${option}`}
                size="md"
                value={option}
                label={text}
                description={
                  about && (
                    <Text span inherit c={quiet}>
                      {about}
                    </Text>
                  )
                }
              />
            );
          })}
        </Stack>
      </Checkbox.Group>
    );
  const input = {
    ...common,
    id: idOfField(field.name),
    name: field.name,
    required: field.required,
    withAsterisk: false,
    value: String(value),
  };
  if (field.kind === "choice")
    return (
      <NativeSelect
        {...input}
        onChange={(event) => onChange(event.currentTarget.value)}
        data={[
          ...(field.preset === "" && !field.required ? [{ value: "", label: words.ask.letUsChoose }] : []),
          ...field.options.map((option) => ({
            value: option,
            label: optionLabel(words, field.name, option, own).label,
          })),
        ]}
      />
    );
  return (
    <TextInput
      {...input}
      {...typing[field.kind]}
      autoComplete={autoComplete[field.name] ?? "off"}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
