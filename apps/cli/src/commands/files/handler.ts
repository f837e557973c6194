import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Fault } from "@atoll/core/fault";
import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint } from "../../output/paint.ts";

function isThere(file: string, text: string): boolean {
  try {
    return readFileSync(file, "utf8") === text;
  } catch {
    return false;
  }
}

/**
 * Writes files below a folder, which `option` named; gives their paths, and which of them were as they are already.
 */
export function writeFiles(
  folder: string,
  files: Record<string, string>,
  option = "to",
): { path: string; written: boolean }[] {
  return Object.entries(files).map(([name, text]) => {
    const file = path.join(folder, name);
    if (isThere(file, text)) return { path: file, written: false };
    try {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    } catch (error) {
      throw new Fault(
        "rejected",
        {
          what: `"${file}" cannot be written.`,
          next: `Name a folder that you may write to with --${option}.`,
          field: option,
        },
        { cause: error },
      );
    }
    return { path: file, written: true };
  });
}

/** Writes what somebody needs who does an instance by hand. Holds no secret. */
export async function* files(context: CommandContext, { slug, to }: { slug: string; to: string }): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const written = writeFiles(to, await desk.files(slug));
    return {
      result: { slug, files: written },
      text: written
        .map(({ path: file, written: isNew }) => `  ${isNew ? paint("green", "+") : "="} ${file}`)
        .join("\n"),
      exitCode: exitCode.ok,
    };
  });
}
