import { Refusal } from "./refusal.ts";

/** Levels of lists and objects in a body; what is deeper would end in a stack overflow of whoever walks through it. */
const deepest = 64;

function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (inString) {
      if (sign === "\\") at++;
      else if (sign === '"') inString = false;
    } else if (sign === '"') inString = true;
    else if (sign === "{" || sign === "[") {
      depth += 1;
      if (depth > deepest) return true;
    } else if (sign === "}" || sign === "]") depth -= 1;
  }
  return false;
}

/** A body's JSON; `otherwise` for what is none. Throws a refusal where it is nested deeper than 64 levels. */
export function jsonIn(text: string, otherwise: unknown): unknown {
  if (isTooDeep(text))
    throw new Refusal(400, `The input is nested deeper than ${deepest} levels.`, "Send it flatter.");
  try {
    return JSON.parse(text);
  } catch {
    return otherwise;
  }
}
