import { readFileSync } from "node:fs";
import { Fault } from "@atoll/core/fault";

function refused(file: string, why: string, cause?: unknown): never {
  throw new Fault(
    "rejected",
    {
      what: `The answers in ${file} cannot be read: ${why}`,
      next: "Name a file with one JSON object, as `atoll files` writes it.",
      field: "answers",
    },
    { cause },
  );
}

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Answers of a file, without what only says which file it is. Throws a fault that names the field `answers`. */
export function readAnswers(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    return refused(file, wordsOf(error), error);
  }
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    return refused(file, "it is no JSON.", error);
  }
  if (typeof found !== "object" || found === null || Array.isArray(found))
    return refused(file, "it holds no object.");
  const { $schema: _, blueprint: __, ...answers } = found as Record<string, unknown>; // checked as anybody's answers are
  return answers;
}
