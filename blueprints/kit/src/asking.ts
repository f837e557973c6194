import { Fault, type Problem } from "@atoll/core/fault";
import { slugFrom, slugProblem, slugRule } from "@atoll/core/instance";
import { z } from "zod";
import { nearestRegion, regions } from "./regions.ts";

// Line ends, control characters, halves of characters, and marks that turn the reading direction of what follows.
const unprintables = String.raw`\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff`;
const unprintable = new RegExp(`[${unprintables}]`, "u");

// A way through folders is nobody's name. All else stays as the client writes it, and is escaped where it is shown.
const pathLike = /(^|[\\/])\.\.?([\\/]|$)/;

const orMissing = (problem: string) => ({
  error: ({ input }: { input?: unknown }) => (input === undefined ? "is missing" : problem),
});

/** What was typed, in quotes, short and on one line: it goes into a sentence that a person reads. */
function shown(input: unknown): string {
  const typed = typeof input === "string" ? input : (JSON.stringify(input) ?? "nothing");
  const line = typed.replace(/[\p{C}\u2028\u2029]/gu, "?");
  return `"${[...line].length > 40 ? `${[...line].slice(0, 40).join("")}…` : line}"`;
}

/** The rules of `personText` as one pattern: what JSON Schema can say of them. */
const textRule = (maxLength: number) =>
  String.raw`\s*(?=[^${unprintables}]*[\p{L}\p{N}])[^${unprintables}]{1,${maxLength}}\s*$`;

/** Text as a person writes it: trimmed, printable, with a letter or digit in it. */
export const personText = (maxLength: number) =>
  z
    .string(orMissing("has to be text"))
    .transform((typed) => typed.trim().normalize("NFC"))
    .refine((typed) => typed !== "", "is empty")
    .refine((typed) => [...typed].length <= maxLength, `has more than ${maxLength} characters`)
    .refine(
      (typed) => !unprintable.test(typed),
      "holds line breaks or other characters that cannot be printed",
    )
    .refine((typed) => /[\p{L}\p{N}]/u.test(typed), "holds no letter and no digit")
    .meta({ pattern: `^${textRule(maxLength)}` });

/** A client's own name: any text but a way through folders. */
export const clientName = () =>
  personText(120)
    .refine((typed) => !pathLike.test(typed), "reads like a path")
    .meta({ pattern: String.raw`^(?!\s*(?:.*[\\/])?\.\.?(?:[\\/].*)?\s*$)${textRule(120)}` });

/** One of a short list of words. */
export const oneOf = <T extends string>(what: string, allowed: readonly T[]) =>
  z.enum(allowed, { error: ({ input }) => `${shown(input)} is no ${what}: choose ${allowed.join(", ")}` });

/** Some of a short list of words, at least one; all when nothing is said. */
export const someOf = <T extends string>(what: string, allowed: readonly T[]) =>
  z
    .array(oneOf(what, allowed), `has to be a list of ${what}s`)
    .min(1, `names no ${what}`)
    .transform((chosen) => allowed.filter((each) => chosen.includes(each)))
    // As if all had been typed: the form then shows them chosen.
    .prefault([...allowed]);

/** Subdomain and stem of all names. */
export const slugText = () =>
  z
    .string(orMissing("has to be text"))
    .superRefine((slug, context) => {
      const problem = slugProblem(slug);
      if (problem) context.addIssue({ code: "custom", message: problem });
    })
    .meta({ pattern: slugRule });

/** An email address, in small letters. */
export const emailText = () =>
  z
    .string(orMissing("has to be text"))
    .transform((typed) => typed.trim().toLowerCase())
    .refine((typed) => typed !== "", "is empty")
    .refine((typed) => typed.length <= 254, "has more than 254 characters")
    .refine((typed) => z.email().safeParse(typed).success, "is no email address")
    .meta({ pattern: String.raw`^\s*(?=\S{1,254}\s*$)${z.regexes.email.source.slice(1, -1)}\s*$` });

/** A region in which Supabase makes projects. */
export const regionName = () =>
  z.enum(regions, {
    error: ({ input }) => {
      const nearest = typeof input === "string" ? nearestRegion(input) : undefined;
      return `${shown(input)} is not offered by Supabase${nearest ? `; the nearest that is offered is ${nearest}` : ""}`;
    },
  });

/** A currency by its ISO 4217 code, as this Node knows them. */
export const currencyCode = () =>
  z
    .string(orMissing("has to be text"))
    .transform((typed) => typed.trim().toUpperCase())
    .refine((typed) => Intl.supportedValuesOf("currency").includes(typed), "is no currency code, like EUR")
    // Which codes there are changes with Node's own list, and a published schema does not.
    .meta({ pattern: String.raw`^\s*[A-Za-z]{3}\s*$` });

/** A form's fields: no others are accepted. */
export const form = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code }) => (code === "invalid_type" ? "have to be fields with values" : undefined),
  });

/** Refuses answers with everything that is wrong with them; the first field stands in `field`. */
export function refuse(problems: readonly Problem[]): never {
  const [first] = problems;
  throw new Fault("rejected", {
    what: `${problems.map(({ field, what }) => `${shown(field).slice(1, -1)} ${what}`).join("; ")}.`,
    next: `Correct ${first?.field === "answers" ? "the answers" : shown(first?.field)} and try again; nothing has been made yet.`,
    field: first?.field ?? "answers",
    problems,
  });
}

/** What zod found wrong, by field. `under` is the path of the form itself: "" for answers, "bring" for what is in it. */
export function problemsIn(error: z.ZodError, fields: readonly string[], under = ""): Problem[] {
  return error.issues.map((issue) => {
    const path = [under, ...issue.path.filter((part) => typeof part === "string")].filter(
      (part) => part !== "",
    );
    if (issue.code !== "unrecognized_keys")
      return { field: path.join(".") || "answers", what: issue.message };
    const [key = ""] = issue.keys;
    const asked = path.length > (under === "" ? 0 : 1) ? "" : `; there are ${fields.join(", ")}`;
    return { field: [...path, key].join("."), what: `is no question here${asked}` };
  });
}

/** The answers, checked; a `Fault` that names everything wrong with them. */
export function checked<Form extends z.ZodObject>(fields: Form, given: unknown): z.output<Form> {
  const parsed = fields.safeParse(given);
  if (parsed.success) return parsed.data;
  return refuse(problemsIn(parsed.error, Object.keys(fields.shape)));
}

/** The slug that was given, or one made from the name; a `Fault` when none can be made. */
export function slugOf(name: string, given: string | undefined): string {
  const slug = given ?? slugFrom(name);
  const problem = slugProblem(slug);
  if (problem) refuse([{ field: "slug", what: `made from the name (${shown(slug)}) ${problem}: give one` }]);
  return slug;
}
