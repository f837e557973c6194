"use client";

import { useFormStatus } from "react-dom";

/** A form's button: it cannot be pressed again while the form is on its way. */
export function Submit({ label, className = "button" }: { label: string; className?: string }) {
  const { pending } = useFormStatus();
  return (
    <button type="submit" className={className} disabled={pending} aria-busy={pending}>
      {label}
    </button>
  );
}
