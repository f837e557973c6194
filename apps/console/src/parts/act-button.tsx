import { Button, type ButtonProps, Tooltip, VisuallyHidden } from "@mantine/core";
import { type ReactNode, useId } from "react";
import type { Reason } from "../rules/reasons.ts";

interface ActButtonProps extends ButtonProps {
  /** Why it cannot be pressed. It keeps its place in the tab order, so that everybody can learn why. */
  reason?: Reason;
  onClick?: () => void;
  type?: "button" | "submit";
  children: ReactNode;
}

/** A button that, when it is disabled, says why. */
export function ActButton({ reason, onClick, children, type = "button", ...props }: ActButtonProps) {
  const id = useId();
  const isOff = reason !== undefined;
  return (
    <Tooltip label={reason ?? ""} disabled={!isOff}>
      <Button
        {...props}
        type={type}
        aria-disabled={isOff || undefined}
        data-disabled={isOff || undefined}
        aria-describedby={isOff ? id : undefined}
        onClick={(event) => {
          if (isOff) event.preventDefault();
          else onClick?.();
        }}
      >
        {children}
        {isOff && <VisuallyHidden id={id}>{reason}</VisuallyHidden>}
      </Button>
    </Tooltip>
  );
}
