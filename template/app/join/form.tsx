"use client";

import { useActionState, useEffect, useState } from "react";
import { Submit } from "@/components/submit";
import { join } from "@/lib/join-actions";
import type { Messages } from "@/lib/messages/en";

/** One button. What is behind the "#" of the address is taken out of it, so that it stays in no history. */
export function JoinForm({ text }: { text: Messages["team"] }) {
  const [state, action] = useActionState(join, {});
  const [link, setLink] = useState<{ token: string; type: string }>();
  useEffect(() => {
    const given = new URLSearchParams(window.location.hash.slice(1));
    const token = given.get("token_hash");
    if (token === null) return;
    setLink({ token, type: given.get("type") ?? "" });
    window.history.replaceState(window.history.state, "", window.location.pathname);
  }, []);
  return (
    <form action={action} className="form">
      <input type="hidden" name="token_hash" value={link?.token ?? ""} />
      <input type="hidden" name="type" value={link?.type ?? ""} />
      <p className="problem" role="alert">
        {state.message}
      </p>
      <Submit label={text.accept} />
    </form>
  );
}
