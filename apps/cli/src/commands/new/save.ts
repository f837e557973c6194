import { writeFileSync } from "node:fs";
import { Fault } from "@atoll/core/fault";
import type { Answers } from "./asking.ts";

/** Where the secrets of what a client brings are read from when a saved file is used. */
const variables: Record<string, string> = {
  secretKey: "BRING_SECRET_KEY",
  databaseUrl: "BRING_DATABASE_URL",
};

function withoutSecrets(value: unknown, key = ""): unknown {
  const variable = Object.hasOwn(variables, key) ? variables[key] : undefined;
  if (variable !== undefined) return { env: variable };
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withoutSecrets(each, name)]));
}

/** Answers as `atoll new --from` reads them. Secrets are named by the variables that are to hold them. */
export function fileOf(blueprint: string, { bring, ...answers }: Answers): string {
  const file = {
    $schema: "./instance-schema.json",
    blueprint,
    ...answers,
    ...(bring !== undefined && { bring: withoutSecrets(bring) }),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Writes the answers down; a file that is there is not written over. */
export function save(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: "wx", mode: 0o644 });
  } catch (error) {
    const isThere = error instanceof Error && "code" in error && error.code === "EEXIST";
    throw new Fault(
      "rejected",
      {
        what: isThere ? `The file "${path}" is there already.` : `The file "${path}" cannot be written.`,
        next: isThere
          ? "Name another one, or remove it first."
          : "Check the path and that you may write there.",
        field: "save",
      },
      { cause: error },
    );
  }
}
