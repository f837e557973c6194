import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./page.module.css";

interface EmptyProps {
  icon: ReactNode;
  title: string;
  children?: ReactNode;
}

/** A list without anything in it: why, and what would fill it. */
export function Empty({ icon, title, children }: EmptyProps) {
  return (
    <div className={classes.empty}>
      <span className={classes.emptyIcon} aria-hidden>
        {icon}
      </span>
      <Text fw={600}>{title}</Text>
      {children !== undefined && (
        <Text c="dimmed" size="sm" component="div">
          {children}
        </Text>
      )}
    </div>
  );
}
