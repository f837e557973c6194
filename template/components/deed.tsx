"use client";

import { useActionState } from "react";
import type { RecordState } from "@/lib/record-actions";
import { Submit } from "./submit";

interface Props {
  /** What the button does; its answer is shown beside it. */
  action: () => Promise<RecordState>;
  label: string;
  className?: string;
}

/** One button that does one thing, and says when it could not. */
export function Deed({ action, label, className }: Props) {
  const [state, send] = useActionState<RecordState, FormData>(() => action(), {});
  return (
    <form action={send} className="deed">
      <Submit label={label} className={className} />
      <span className={state.saved ? "good" : "problem"} role="status">
        {state.message}
      </span>
    </form>
  );
}
