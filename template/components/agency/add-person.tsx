"use client";

import { useActionState } from "react";
import { addToProject } from "@/lib/agency/people-actions";
import type { Messages } from "@/lib/messages/en";
import type { RecordState } from "@/lib/record-actions";
import { Submit } from "../submit";

interface Props {
  project: string;
  people: readonly { value: string; label: string }[];
  text: Messages["agency"];
  choose: string;
}

/** Puts one more person on a project. */
export function AddPerson({ project, people, text, choose }: Props) {
  const [state, action] = useActionState<RecordState, FormData>(addToProject.bind(null, project), {});
  return (
    <form action={action} className="form grid">
      <div className="field">
        <label htmlFor="person">{text.person}</label>
        <select id="person" name="person" required defaultValue="">
          <option value="">{choose}</option>
          {people.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <div className="form-end wide">
        <Submit label={text.addPerson} />
        <p className={state.saved ? "good" : "problem"} role="status">
          {state.message}
        </p>
      </div>
    </form>
  );
}
