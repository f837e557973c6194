"use client";

import { useActionState, useId } from "react";
import type { Messages } from "@/lib/messages/en";
import type { RecordState } from "@/lib/record-actions";
import { changeVaultKey } from "@/lib/vault/actions";
import type { VaultType } from "@/lib/vault/value";
import { Submit } from "../submit";

interface Props {
  name: string;
  type: VaultType;
  secret: boolean;
  /** Empty for a secret. */
  value: string;
  vault: Messages["vault"];
  list: Messages["list"];
}

/** Gives a key another value. */
export function VaultValueForm({ name, type, secret, value, vault, list }: Props) {
  const [state, action] = useActionState<RecordState, FormData>(changeVaultKey.bind(null, name), {});
  const id = useId();
  const shared = { id, name: "value", defaultValue: value, "aria-describedby": `${id}-hint` };
  return (
    <form action={action} className="form">
      <div className="field">
        <label htmlFor={id}>{`${vault.value}: ${name}`}</label>
        {secret ? (
          <input {...shared} type="password" autoComplete="new-password" required maxLength={15_000} />
        ) : type === "boolean" ? (
          <select {...shared} key={value}>
            <option value="true">{list.yes}</option>
            <option value="false">{list.no}</option>
          </select>
        ) : type === "json" || type === "text" ? (
          <textarea {...shared} rows={type === "json" ? 5 : 2} maxLength={15_000} />
        ) : (
          <input {...shared} autoComplete="off" maxLength={2000} />
        )}
        <small id={`${id}-hint`}>
          {secret ? vault.secretHint : type === "coordinates" ? vault.valueHint : ""}
        </small>
      </div>
      <div className="form-end">
        <Submit label={list.save} />
        <p className={state.saved ? "good" : "problem"} role="status">
          {state.message}
        </p>
      </div>
    </form>
  );
}
