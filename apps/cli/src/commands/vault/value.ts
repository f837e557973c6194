import { Fault } from "@atoll/core/fault";
import { isCancel, password } from "@clack/prompts";

const wrong = (what: string, next: string) => new Fault("rejected", { what, next, field: "value" });

/** All of standard input as text, without the line break that a shell adds. */
async function fromStdin(): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer); // no encoding is set
  return Buffer.concat(parts)
    .toString("utf8")
    .replace(/\r?\n$/, "");
}

/**
 * A value as somebody gives it: behind the key, by standard input, or typed unseen at a terminal. A secret is not taken
 * from the command line, where every process of the machine can read it and the shell's history keeps it.
 */
export async function givenValue(
  key: string,
  onLine: string | undefined,
  isPublic: boolean,
): Promise<string> {
  if (onLine !== undefined && onLine !== "-") {
    if (isPublic) return onLine;
    throw wrong(
      `${key} is secret, and its value stands on the command line.`,
      `Give it by standard input (\`… vault set SLUG ${key} < file\`), or say --public if everybody may read it.`,
    );
  }
  if (process.stdin.isTTY) {
    const typed = await password({ message: `Value of ${key}`, mask: "•", output: process.stderr });
    if (isCancel(typed)) throw wrong("No value was given.", "Nothing was changed; run it again.");
    return typed;
  }
  const value = await fromStdin();
  if (value === "")
    throw wrong("Standard input holds no value.", "Pipe the value in, or type it at a terminal.");
  return value;
}
