import { Refusal } from "../server/refusal.ts";

/** A place in a list, opaque for the caller. */
export function cursorOf(...parts: (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** What each part of a list's cursor is. */
type Part = "time" | "number" | "text";

const isPart: Record<Part, (value: unknown) => boolean> = {
  time: (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)),
  number: (value) => Number.isSafeInteger(value),
  text: (value) => typeof value === "string" && !value.includes("\0"),
};

/** What a cursor holds; a refusal when it is none that this list gave. */
export function openCursor(cursor: string | undefined, ...parts: Part[]): (string | number)[] | undefined {
  if (cursor === undefined) return undefined;
  const held = partsOf(cursor);
  if (held?.length === parts.length && parts.every((part, index) => isPart[part](held[index])))
    return held as (string | number)[]; // looked at just now
  throw new Refusal(400, "This is no cursor of this list.", "Begin without one.", "cursor");
}

function partsOf(cursor: string): unknown[] | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    return Array.isArray(parts) ? parts : undefined;
  } catch {
    return undefined;
  }
}

/** `%text%` for `ilike`, with the pattern's own signs taken literally. */
export const containing = (text: string): string => `%${text.replace(/[\\%_]/g, "\\$&")}%`;
