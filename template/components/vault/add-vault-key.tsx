"use client";

import { useActionState } from "react";
import type { Messages } from "@/lib/messages/en";
import type { RecordState } from "@/lib/record-actions";
import { addVaultKey } from "@/lib/vault/actions";
import { vaultTypes } from "@/lib/vault/value";
import { Submit } from "../submit";

interface Props {
  vault: Messages["vault"];
  list: Messages["list"];
  values: Messages["values"];
}

/** Adds a key to the vault; it is secret unless one says otherwise. */
export function AddVaultKey({ vault, list, values }: Props) {
  const [state, action] = useActionState<RecordState, FormData>(addVaultKey, {});
  const typed = state.values ?? {};
  return (
    <form action={action} className="form grid">
      <div className="field">
        <label htmlFor="vault-key">{vault.key}</label>
        <input
          id="vault-key"
          name="key"
          required
          maxLength={100}
          autoComplete="off"
          spellCheck={false}
          defaultValue={typed.key ?? ""}
          aria-describedby="vault-key-hint"
        />
        <small id="vault-key-hint">{vault.keyHint}</small>
      </div>
      <div className="field">
        <label htmlFor="vault-type">{vault.type}</label>
        <select id="vault-type" name="type" defaultValue={typed.type ?? "text"} key={typed.type}>
          {vaultTypes.map((type) => (
            <option key={type} value={type}>
              {values[type]}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor="vault-secret">{vault.secret}</label>
        <input
          id="vault-secret"
          name="secret"
          type="checkbox"
          value="true"
          defaultChecked={(typed.secret ?? "true") === "true"}
          key={typed.secret}
          aria-describedby="vault-secret-hint"
        />
        <small id="vault-secret-hint">{vault.secretHint}</small>
      </div>
      <div className="field wide">
        <label htmlFor="vault-value">{vault.value}</label>
        <textarea
          id="vault-value"
          name="value"
          required
          rows={3}
          maxLength={15_000}
          autoComplete="off"
          spellCheck={false}
          defaultValue={typed.value ?? ""}
          aria-describedby="vault-value-hint"
        />
        <small id="vault-value-hint">{vault.valueHint}</small>
      </div>
      <div className="form-end wide">
        <Submit label={list.save} />
        <p className={state.saved ? "good" : "problem"} role="status">
          {state.message}
        </p>
      </div>
    </form>
  );
}
