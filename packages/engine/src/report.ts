import type { FaultReport } from "@atoll/core/event";
import { Fault } from "@atoll/core/fault";
import { isLost } from "./database.ts";

/** Replaces every known secret value by a mark, in all strings of a JSON-like value. */
export type Redact = <T>(value: T) => T;

const shortest = 6; // a shorter "secret" would blot out half of every sentence

/** Second line of defence: an adapter should never put a secret in a sentence, but if it does, it stops here. */
export function redactor(values: Iterable<string>): Redact {
  const known = [...new Set(values)].filter((value) => value.length >= shortest);
  known.sort((a, b) => b.length - a.length);
  const clean = (text: string) => known.reduce((left, value) => left.replaceAll(value, "[secret]"), text);
  const walk = (part: unknown): unknown => {
    if (typeof part === "string") return clean(part);
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, each]) => [key, walk(each)]));
  };
  return <T>(value: T) => walk(value) as T; // same shape, strings replaced by strings
}

/**
 * What a step goes by: an error of a database's connection, as of the hub's own tables that a task reads, passes, and is
 * waited for like a provider that does not answer. All others stay as they are.
 */
export function passing(error: unknown): unknown {
  if (error instanceof Fault || !isLost(error)) return error;
  const details = {
    what: "A database that the step reads could not be reached.",
    next: "Nothing: it is asked again until the step's deadline.",
  };
  return new Fault("try-again", details, { cause: error });
}

/** What is stored and shown of an error. One that is no `Fault` is a bug: it keeps its sentence, redacted. */
export function reportOf(error: unknown, redact: Redact): FaultReport {
  if (error instanceof Fault) {
    const { kind, what, next, field, call } = error;
    return redact({ kind, what, next, ...(field && { field }), ...(call && { call }) });
  }
  const told = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return redact({
    kind: "rejected",
    what: `The step met an error that it does not know: ${told.slice(0, 500)}`,
    next: "Retry the run; if it happens again, report it with the worker's log.",
  });
}
