"use client";

import { useEffect, useState } from "react";

interface Props {
  id: string;
  name: string;
  required?: boolean;
  value: string;
  "aria-invalid"?: boolean;
  "aria-describedby"?: string;
}

/** As `datetime-local` writes a moment, in the reader's own time zone. */
function local(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return "";
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Day and time as the person's clock shows them; what is sent says it for every time zone. */
export function MomentInput({ name, value, ...rest }: Props) {
  const [shown, show] = useState("");
  const [sent, send] = useState(value);
  // Only the browser knows the time zone, so the server cannot fill this in.
  useEffect(() => {
    show(local(value));
    send(value);
  }, [value]);
  return (
    <>
      <input
        {...rest}
        type="datetime-local"
        value={shown}
        onChange={({ currentTarget }) => {
          show(currentTarget.value);
          const time = new Date(currentTarget.value);
          send(Number.isNaN(time.getTime()) ? "" : time.toISOString());
        }}
      />
      <input type="hidden" name={name} value={sent} />
    </>
  );
}
