import { stripVTControlCharacters } from "node:util";
import { Fault } from "@atoll/core/fault";
import type { Desk } from "../../desk.ts";

/** "1 instance", "3 instances". */
export const counted = (number: number, thing: string): string =>
  `${number} ${thing}${number === 1 ? "" : "s"}`;

const widthOf = (text: string) => stripVTControlCharacters(text).length;

/** Rows of equally many cells as lines whose cells stand under one another; colours take no room. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => widthOf(row[at] ?? ""))));
  return rows.map((row) =>
    `  ${row.map((cell, at) => cell + " ".repeat((widths[at] ?? 0) - widthOf(cell))).join("  ")}`.trimEnd(),
  );
}

const unitsMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, min: 60_000 };

/** "500ms", "5s" or "2min" in milliseconds, within limits. Throws a fault on the option. */
export function durationMs(option: string, given: string, [least, most]: readonly [number, number]): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min)$/.exec(given) ?? [];
  const each = unitsMs[unit];
  const ms = Math.round(Number(number) * (each ?? Number.NaN));
  if (ms >= least && ms <= most) return ms;
  throw refused(option, given, `Say it like 500ms, 5s or 2min, from ${least} ms to ${most / 60_000} min.`);
}

const refused = (option: string, given: string, next: string) =>
  new Fault("rejected", { what: `--${option} is "${given}".`, next, field: option });

/** A number within limits. Throws a fault on the option. */
export function numberIn(option: string, given: string, [least, most]: readonly [number, number]): number {
  const number = given.trim() === "" ? Number.NaN : Number(given);
  if (number >= least && number <= most) return number;
  throw refused(option, given, `Give a number from ${least} to ${most}.`);
}

/** A whole number from 1 to another one. Throws a fault on the option. */
export function countIn(option: string, given: string, most: number): number {
  const number = Number(given);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw refused(option, given, `Give a whole number from 1 to ${most}.`);
}

/** The blueprint that is meant, or all of them. */
export async function kindsOf(desk: Desk, blueprint: string | undefined): Promise<string[]> {
  if (blueprint !== undefined) return [blueprint];
  return (await desk.blueprints()).map(({ name }) => name);
}

/** All of a list that comes in parts. */
export async function all<Item>(
  part: (cursor: string | undefined) => Promise<{ items: Item[]; nextCursor?: string | undefined }>,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const read = await part(cursor);
    items.push(...read.items);
    cursor = read.nextCursor;
  } while (cursor !== undefined);
  return items;
}
