import { Fragment, type ReactNode } from "react";
import classes from "./facts.module.css";

/** Names and what they are, one a line. What is undefined is left out. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={classes.facts}>
      {facts
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
    </dl>
  );
}

/** What somebody answered, in words. */
export function shownAnswer(value: unknown): string {
  if (Array.isArray(value)) return value.map(shownAnswer).join(", ");
  if (typeof value === "string") return value;
  return JSON.stringify(value) ?? "–";
}

/** A field's name as words: "adminEmail" → "Admin email". */
export function wordsOf(field: string): string {
  const words = field.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
