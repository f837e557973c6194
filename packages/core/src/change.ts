import { Secret } from "./secret.ts";

/**
 * One difference between what is wanted and what is there.
 * `path` names it for people ("region", "env.NEXT_PUBLIC_SUPABASE_URL.production").
 * `replace` cannot be done in place: where `holdsData` is true the engine stops and asks.
 */
export interface Change {
  path: string;
  act: "create" | "update" | "replace" | "remove";
  /** What stands there, already fit to be printed. Absent for `create`. */
  from?: string;
  /** What is wanted, already fit to be printed. Absent for `remove`. */
  to?: string;
  /** With `replace`: doing it would lose data. */
  holdsData?: boolean;
}

function printable(value: unknown): string {
  if (value instanceof Secret) return `${value} (${value.fingerprint})`;
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "unset");
}

function same(a: unknown, b: unknown): boolean {
  if (a instanceof Secret && b instanceof Secret) return a.fingerprint === b.fingerprint;
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * Compares the keys that `want` names and no others, so that what we never set is left alone.
 * Secrets are compared by fingerprint. A key whose wanted value is `undefined` is not compared.
 */
export function differences(want: object, live: object, prefix = ""): Change[] {
  const found: Change[] = [];
  const there = live as Record<string, unknown>; // keys of `want` may be missing in `live`
  for (const [key, wanted] of Object.entries(want)) {
    if (wanted === undefined) continue;
    const path = prefix === "" ? key : `${prefix}.${key}`;
    const value = there[key];
    if (value === undefined || value === null) found.push({ path, act: "create", to: printable(wanted) });
    else if (!same(wanted, value))
      found.push({ path, act: "update", from: printable(value), to: printable(wanted) });
  }
  return found;
}
