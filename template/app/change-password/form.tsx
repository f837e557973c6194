"use client";

import { useActionState } from "react";
import { Submit } from "@/components/submit";
import type { Messages } from "@/lib/messages/en";
import { changePassword } from "@/lib/session-actions";

/** A new password, twice. The e-mail address stands there for password managers. */
export function ChangePasswordForm({ text, email }: { text: Messages["password"]; email: string }) {
  const [state, action] = useActionState(changePassword, {});
  return (
    <form action={action} className="form">
      <input type="email" name="username" autoComplete="username" value={email} readOnly hidden />
      <div className="field">
        <label htmlFor="password">{text.fresh}</label>
        <input
          id="password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          minLength={8}
          maxLength={72}
          aria-describedby="password-hint"
        />
        <small id="password-hint">{text.hint}</small>
      </div>
      <label className="field">
        <span>{text.again}</span>
        <input
          name="again"
          type="password"
          autoComplete="new-password"
          required
          minLength={8}
          maxLength={72}
        />
      </label>
      <p className="problem" role="alert">
        {state.message}
      </p>
      <Submit label={text.submit} />
    </form>
  );
}
