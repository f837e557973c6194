import { Fault } from "@atoll/core/fault";
import { readInstanceFile } from "./file.ts";

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

/**
 * The client's answers: those of the file, overridden by flags. Undefined = none were given at all. Variables that the
 * file names are not read yet: which fields may be read so says the kind.
 */
export function gatherAnswers(
  flags: AnswerFlags,
  slug: string | undefined,
): Record<string, unknown> | undefined {
  const { file, modules, name, adminEmail, adminName, region, locale } = flags;
  const rest = { name, adminEmail, adminName, region, locale };
  const given: Record<string, unknown> = {
    ...(file === undefined ? {} : readInstanceFile(file).answers),
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
