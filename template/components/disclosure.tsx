"use client";

import { type ReactNode, useState } from "react";

/** Opens and closes by its summary only: what changes on the page meanwhile leaves it as it is. */
export function Disclosure({
  summary,
  first,
  children,
}: {
  summary: string;
  /** Open when the page is shown. */
  first: boolean;
  children: ReactNode;
}) {
  const [open, setOpen] = useState(first);
  return (
    <details className="card add" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {children}
    </details>
  );
}
