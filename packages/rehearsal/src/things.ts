import type { Inventory } from "./control.ts";

/** What can be taken away again. Sent mails are left out: they stay with whoever got them. */
export function things({ resend: _, ...rest }: Inventory): Inventory {
  return rest;
}

/** How many there are of each kind of thing in an inventory: `{"vercel.projects": 2, ...}`. */
export function sizes(inventory: object): Record<string, number> {
  const found: Record<string, number> = {};
  const add = (path: string, count: number) => {
    found[path] = (found[path] ?? 0) + count;
  };
  const walk = (path: string, value: unknown) => {
    if (Array.isArray(value)) {
      add(path, value.length);
      for (const each of value) walk(path, each);
    } else if (typeof value === "object" && value !== null) {
      for (const [key, each] of Object.entries(value)) walk(path === "" ? key : `${path}.${key}`, each);
    } else if (typeof value === "number" && !/\.(id|seq)$/.test(path)) add(path, value);
  };
  walk("", inventory);
  return found;
}

/** How many more there are of each kind. */
export const growth = (after: Record<string, number>, before: Record<string, number>) =>
  Object.fromEntries(Object.entries(after).map(([path, count]) => [path, count - (before[path] ?? 0)]));

/** Kinds of which there are others than wanted, in words: "vercel.projects: 2 instead of 1". */
export function miscounted(found: Record<string, number>, wanted: Record<string, number>): string[] {
  return [...new Set([...Object.keys(found), ...Object.keys(wanted)])]
    .filter((path) => (found[path] ?? 0) !== (wanted[path] ?? 0))
    .map((path) => `${path}: ${found[path] ?? 0} instead of ${wanted[path] ?? 0}`);
}

/** What one inventory has and the other has not, as lines of JSON; empty = they are equal. */
export function unlike(after: Inventory, before: Inventory): string[] {
  const lines = (value: unknown, path: string): string[] =>
    Array.isArray(value)
      ? value.map((each) => `${path}: ${JSON.stringify(each)}`)
      : typeof value === "object" && value !== null
        ? Object.entries(value).flatMap(([key, each]) => lines(each, `${path}.${key}`))
        : [`${path}: ${JSON.stringify(value)}`];
  const [now, then] = [new Set(lines(after, "")), new Set(lines(before, ""))];
  return [
    ...[...now].filter((line) => !then.has(line)).map((line) => `left over ${line.slice(1)}`),
    ...[...then].filter((line) => !now.has(line)).map((line) => `lost ${line.slice(1)}`),
  ].map((line) => (line.length > 200 ? `${line.slice(0, 200)}…` : line));
}
