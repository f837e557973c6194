"use client";

import { useActionState } from "react";
import { uploadLogo } from "@/lib/agency/logo-actions";
import type { Messages } from "@/lib/messages/en";
import type { RecordState } from "@/lib/record-actions";
import { Submit } from "../submit";

/** Chooses a picture and sends it. */
export function LogoForm({ text }: { text: Messages["agency"] }) {
  const [state, action] = useActionState<RecordState, FormData>(uploadLogo, {});
  return (
    <form action={action} className="form">
      <div className="field">
        <label htmlFor="logo-file">{text.logoUpload}</label>
        <input
          id="logo-file"
          name="logo"
          type="file"
          accept="image/png,image/jpeg,image/webp"
          required
          aria-describedby="logo-hint"
        />
        <small id="logo-hint">{text.logoHint}</small>
      </div>
      <div className="form-end">
        <Submit label={text.logoUpload} />
        <p className={state.saved ? "good" : "problem"} role="status">
          {state.message}
        </p>
      </div>
    </form>
  );
}
