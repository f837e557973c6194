import { readFileSync } from "node:fs";
import { Fault } from "@atoll/core/fault";
import { parse } from "yaml";

const maxFileBytes = 256 * 1024;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What a file says: one instance's answers, and of which kind it is where it says so. Variables are only named. */
export interface InstanceFile {
  blueprint: string | undefined;
  answers: Record<string, unknown>;
}

/** Reads a file of answers, JSON or YAML; "-" = standard input. Throws a fault on field "file". */
export function readInstanceFile(file: string): InstanceFile {
  const { $schema: _, blueprint, ...answers } = readFields(file);
  if (blueprint !== undefined && typeof blueprint !== "string")
    throw new Fault("rejected", {
      what: `The "blueprint" of the file "${file}" is no text.`,
      next: "Write the name of the kind there, like business.",
      field: "blueprint",
    });
  return { blueprint, answers };
}

function readFields(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = file === "-" ? readFileSync(0, "utf8") : readFileSync(file, "utf8");
  } catch (error) {
    throw new Fault(
      "rejected",
      {
        what: `The file "${file}" cannot be read.`,
        next: "Check the path and that you may read it.",
        field: "file",
      },
      { cause: error },
    );
  }
  if (Buffer.byteLength(text) > maxFileBytes) {
    throw new Fault("rejected", {
      what: `The file "${file}" is larger than ${maxFileBytes / 1024} KiB.`,
      next: "Give a file that holds one client's answers.",
      field: "file",
    });
  }
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 20 }); // JSON is YAML, so one parser reads both
  } catch (error) {
    throw new Fault(
      "rejected",
      {
        what: `The file "${file}" is neither JSON nor YAML: ${error instanceof Error ? error.message.split("\n")[0] : ""}`,
        next: "Mend it at the place named.",
        field: "file",
      },
      { cause: error },
    );
  }
  if (isObject(value)) return { ...value };
  throw new Fault("rejected", {
    what: `The file "${file}" holds no fields.`,
    next: "It should read like `name: Toko A` on one line and `adminEmail: owner@example.com` on another.",
    field: "file",
  });
}
