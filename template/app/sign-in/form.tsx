"use client";

import { useActionState } from "react";
import { Submit } from "@/components/submit";
import type { Messages } from "@/lib/messages/en";
import { signIn } from "@/lib/session-actions";

/** E-mail and password. */
export function SignInForm({ text }: { text: Messages["signIn"] }) {
  const [state, action] = useActionState(signIn, {});
  return (
    <form action={action} className="form">
      <label className="field">
        <span>{text.email}</span>
        <input
          name="email"
          type="email"
          autoComplete="username"
          required
          maxLength={320}
          defaultValue={state.email}
        />
      </label>
      <label className="field">
        <span>{text.password}</span>
        <input name="password" type="password" autoComplete="current-password" required maxLength={200} />
      </label>
      <p className="problem" role="alert">
        {state.message}
      </p>
      <Submit label={text.submit} />
    </form>
  );
}
