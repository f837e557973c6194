import { HubProblem } from "@atoll/contract/client";
import { Alert, Button, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, type SubmitEvent, useEffect, useRef, useState } from "react";
import { hub, newKey } from "../../hub/client.ts";
import { type Language, languageOf } from "../language.ts";
import { HubWords, Trouble } from "../trouble.tsx";
import { words } from "../words.ts";
import { FieldInput, idOfField } from "./field-input.tsx";
import { type Field, fieldAt } from "./fields.ts";
import { Honeypot } from "./honeypot.tsx";
import type { OwnWords } from "./labels.ts";
import type { Submitted } from "./sent.tsx";
import { answersOf, problemsOf, shownValues, type Typed } from "./values.ts";

interface AskFormProps {
  blueprint: string;
  fields: Field[];
  language: Language;
  /** What this kind of application calls its questions. */
  own: OwnWords | undefined;
  onSent(sent: Submitted): void;
}

/** A blueprint's questions as a form. What is wrong stands at its field; the first such field takes the focus. */
export function AskForm({ blueprint, fields, language, own, onSent }: AskFormProps) {
  const [typed, setTyped] = useState<Typed>({});
  const [website, setWebsite] = useState("");
  /** Fields to look at again: checked here as they are typed, until they are right. */
  const [checked, setChecked] = useState(false);
  const [, setAttempts] = useState(0);
  /** An attempt was made: once it is known what is wrong, the first such field takes the focus. */
  const seeksProblem = useRef(false);
  const { ask, check } = words[language];
  const values = shownValues(fields, typed, language);
  const key = useRef({ body: "", key: "" });

  const send = useMutation({
    mutationFn: () => {
      const locale = languageOf(values.locale) ?? language;
      const body = { blueprint, locale, language, answers: answersOf(values), website };
      const text = JSON.stringify(body);
      // The same answers sent again (a lost connection) are one request; changed ones are another call.
      if (key.current.body !== text) key.current = { body: text, key: newKey() };
      return hub.call("submitRequest", { body }, { idempotencyKey: key.current.key });
    },
    onSuccess: (answer) => onSent({ ...answer, email: String(values.adminEmail ?? "") }),
  });

  const refused = send.error instanceof HubProblem ? fieldAt(send.error.problem.field, fields) : undefined;
  const problems: Record<string, ReactNode> = { ...(checked && problemsOf(fields, values, check)) };
  if (refused !== undefined)
    problems[refused] ??= (
      <>
        {check.refused} <HubWords error={send.error} field={refused} />
      </>
    );
  const first = fields.find(({ name }) => problems[name] !== undefined)?.name;

  useEffect(() => {
    if (!seeksProblem.current || send.isPending || first === undefined) return;
    seeksProblem.current = false;
    document.getElementById(idOfField(first))?.focus();
  });

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (send.isPending) return;
    setChecked(true);
    seeksProblem.current = true;
    // Draws anew even when the problems are those of the last attempt: the focus goes back to the first.
    setAttempts((count) => count + 1);
    if (Object.keys(problemsOf(fields, values, check)).length === 0) send.mutate();
  }

  function change(name: string, value: string | string[]) {
    seeksProblem.current = false;
    // What the hub refused stands until its value changes; the short name follows the name.
    const isOther = refused !== undefined && name !== refused && !(refused === "slug" && name === "name");
    if (send.isError && !isOther) send.reset();
    setTyped((before) => ({ ...before, [name]: value }));
  }

  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="xl">
        {fields.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            words={words[language]}
            own={own}
            value={values[field.name] ?? ""}
            error={problems[field.name]}
            onChange={(value) => change(field.name, value)}
          />
        ))}
        <Honeypot value={website} onChange={setWebsite} />
        {first !== undefined && (
          <Alert role="alert" color="red" variant="light" radius="md">
            {check.some}
          </Alert>
        )}
        {send.isError && refused === undefined && (
          <Trouble error={send.error} about="input" language={language} />
        )}
        <Button type="submit" size="lg" radius="md" loading={send.isPending}>
          {send.isPending ? ask.sending : ask.send}
        </Button>
      </Stack>
    </form>
  );
}
