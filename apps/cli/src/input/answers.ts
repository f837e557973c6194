import { readFileSync } from "node:fs";
import { Fault } from "@atoll/core/fault";
import { parse } from "yaml";

/** What the flags of `plan` and `up` give; all optional, since a file can say the same. */
export interface AnswerFlags {
  file?: string;
  name?: string;
  adminEmail?: string;
  adminName?: string;
  region?: string;
  modules?: string;
  locale?: string;
}

const maxFileBytes = 256 * 1024;

function readFile(file: string): Record<string, unknown> {
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
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new Fault("rejected", {
    what: `The file "${file}" holds no fields.`,
    next: "It should read like `name: Toko A` on one line and `adminEmail: owner@example.com` on another.",
    field: "file",
  });
}

/** The client's answers: those of the file, overridden by flags. Undefined = none were given at all. */
export function gatherAnswers(
  flags: AnswerFlags,
  slug: string | undefined,
): Record<string, unknown> | undefined {
  const { file, modules, name, adminEmail, adminName, region, locale } = flags;
  const rest = { name, adminEmail, adminName, region, locale };
  const given: Record<string, unknown> = {
    ...(file === undefined ? {} : readFile(file)),
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    ...(modules === undefined
      ? {}
      : {
          modules: modules
            .split(",")
            .map((each) => each.trim())
            .filter((each) => each !== ""),
        }),
  };
  if (Object.keys(given).length === 0) return undefined;
  if (slug !== undefined && given.slug !== undefined && given.slug !== slug) {
    throw new Fault("rejected", {
      what: `The slug is "${slug}" on the command line and "${String(given.slug)}" in the file.`,
      next: "Leave one of them out.",
      field: "slug",
    });
  }
  return slug === undefined ? given : { ...given, slug };
}
