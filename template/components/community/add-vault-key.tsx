"use client";

import { useActionState } from "react";
import { addVaultKey } from "@/lib/community/vault-actions";
import { vaultTypes } from "@/lib/community/vault-value";
import type { Messages } from "@/lib/messages/en";
import type { RecordState } from "@/lib/record-actions";
import { Submit } from "../submit";

interface Props {
  community: Messages["community"];
  list: Messages["list"];
  values: Messages["values"];
}

/** Adds a key to the vault; it is secret unless one says otherwise. */
export function AddVaultKey({ community, list, values }: Props) {
  const [state, action] = useActionState<RecordState, FormData>(addVaultKey, {});
  const typed = state.values ?? {};
  return (
    <form action={action} className="form grid">
      <div className="field">
        <label htmlFor="vault-key">{community.key}</label>
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
        <small id="vault-key-hint">{community.keyHint}</small>
      </div>
      <div className="field">
        <label htmlFor="vault-type">{community.type}</label>
        <select id="vault-type" name="type" defaultValue={typed.type ?? "text"} key={typed.type}>
          {vaultTypes.map((type) => (
            <option key={type} value={type}>
              {values[type]}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor="vault-secret">{community.secret}</label>
        <input
          id="vault-secret"
          name="secret"
          type="checkbox"
          value="true"
          defaultChecked={(typed.secret ?? "true") === "true"}
          key={typed.secret}
          aria-describedby="vault-secret-hint"
        />
        <small id="vault-secret-hint">{community.secretHint}</small>
      </div>
      <div className="field wide">
        <label htmlFor="vault-value">{community.value}</label>
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
        <small id="vault-value-hint">{community.valueHint}</small>
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
